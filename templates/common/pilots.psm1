# ---- pilots: the users who try a change before everybody else --------------------------------------------------

# Returns the name of the OWA mailbox policy that a mailbox itself has; '' for none. -Policy: all policies.
function Get-OwnPolicy {
    [CmdletBinding()] [OutputType([string])] param($Mailbox, [object[]]$Policy)
    $text = [string]$Mailbox.OwaMailboxPolicy
    foreach ($one in $Policy) {
        if (@([string]$one.Name, [string]$one.Identity) -contains $text) { return [string]$one.Name }
    }
    $text
}

# Checks that nobody but the pilot users gets instant messaging by the pilot policy, or has it by another one already.
# A user has the own policy; without one the default policy; without a default policy the virtual directory decides
# (code of Exchange 2013).
function Test-PilotPolicy {
    [CmdletBinding()] param([string]$Name, [hashtable[]]$Pilot, [string]$Stem)
    $subject = "OWA mailbox policy $Name"
    $policies = @(Get-OwaMailboxPolicy -ErrorAction Stop)
    $own = @($policies | Where-Object { $Name -eq [string]$_.Name })
    Get-Check -Passed ($own.Count -eq 1) -Subject $subject -Good 'exists' -Bad "$($own.Count) policies have this name; make one as 'lyncowa explain pilot-policy' shows, or correct pilotPolicy"
    if ($own.Count -ne 1) { return }
    $default = @($policies | Where-Object { [bool](Get-PropertyValue -Subject $_ -Name 'IsDefault') })
    Get-Check -Passed (@($default | Where-Object { $Name -eq [string]$_.Name }).Count -eq 0) -Subject $subject -Good 'is not the default policy' -Bad 'is the default policy, which every user without a policy has; name another one in pilotPolicy'

    $pilots, $done = @{}, (Test-Messaging -Subject $own -Enabled $true -Type 'Ocs')
    foreach ($one in $Pilot) {
        $found = @(Find-ExchangeObject -Find { Get-CASMailbox -Identity $one.Mailbox -ErrorAction Stop })
        Get-Check -Passed ($found.Count -eq 1) -Subject "pilot user $($one.Mailbox)" -Good 'has a mailbox' -Bad "has $($found.Count) mailboxes under this address; correct pilotUsers"
        foreach ($mailbox in $found) {
            $pilots[(Get-Identity -Subject $mailbox)] = $true
            if ($Name -ne (Get-OwnPolicy -Mailbox $mailbox -Policy $policies)) { $done = $false }
        }
    }
    # The other users of each policy: how many, and one of them.
    $count, $example = @{}, @{}
    foreach ($mailbox in @(Get-CASMailbox -ResultSize Unlimited -ErrorAction Stop)) {
        $identity = [string]$mailbox.Identity
        if ($pilots.ContainsKey($identity)) { continue }
        $has = Get-OwnPolicy -Mailbox $mailbox -Policy $policies
        $count[$has] = 1 + [int]$count[$has]
        $example[$has] = $identity
    }
    Get-Check -Passed ([int]$count[$Name] -eq 0) -Subject $subject -Good 'nobody but the pilot users has it' -Bad "$([int]$count[$Name]) other user(s) have it too, such as $($example[$Name]), and would get instant messaging; give them another policy, or name another one in pilotPolicy"
    # Once this change has given it to the pilot users, step 80 may have reached everybody: no reason to refuse a second run. Where
    # only another computer can tell, a person is asked.
    $again = $done -and (Test-BeforeState -Stem $Stem)
    $ask = $done -and -not $again
    foreach ($policy in $policies) {
        $isDefault = @($default | Where-Object { [string]$_.Name -eq [string]$policy.Name }).Count -gt 0
        if ($Name -eq [string]$policy.Name -or -not (Test-Messaging -Subject $policy -Enabled $true -Type 'Ocs')) { continue }
        if (-not $isDefault -and [int]$count[[string]$policy.Name] -eq 0) { continue }
        $other = "OWA mailbox policy $($policy.Name)"
        if ($ask) {
            Get-Result -Status 'NOT SEEN' -Subject $other -Text 'go/no-go: it has instant messaging of type OCS already, and so have the pilot users. Has this change come so far before? If not, users beside the pilots would have it as soon as a server works: stop, and set its type to None first'
            continue
        }
        Get-Check -Passed $false -Advice:$again -Subject $other -Bad "has instant messaging of type OCS already, so users beside the pilots $(if ($again) { 'have' } else { 'would have' }) it as soon as a server works; for a pilot, set its type to None first, or leave pilotPolicy out"
    }
    Get-Check -Passed ($default.Count -gt 0) -Advice:$done -Subject 'OWA mailbox policies' -Good 'users without a policy have the default one' -Bad 'none is the default, so the virtual directory decides for users without a policy, and step 60 gives them instant messaging; make one the default, or leave pilotPolicy out'
}

# Checks that a pilot user can sign in on the canary: only a mailbox that is active on it is served by it.
function Test-CanaryPilot {
    [CmdletBinding()] param([hashtable[]]$Pilot)
    Get-Check -Passed (Test-PilotHere -Pilot $Pilot) -Subject "canary $($script:Step.Host)" -Good "the mailbox of a pilot user is active here" -Bad "no pilot user's mailbox is active here, so nobody can try it; activate a database with one here (Move-ActiveMailboxDatabase), move the mailbox of one here (New-MoveRequest), or name another canary"
}
