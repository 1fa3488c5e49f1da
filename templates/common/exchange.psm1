# ---- exchange: what can be seen of Exchange -------------------------------------------------------------------
# Exchange cmdlets run in a session on a server. Their enumerations print as numbers inside a text, so each is cast to
# [string] first (tried on a recorded object).

# Runs a look-up. An object that does not exist is nothing; any other error is an error, because a guard must not pass when a
# look-up fails. The shell's proxy keeps the kind of the error in its reason.
function Find-ExchangeObject {
    [CmdletBinding()] param([scriptblock]$Find)
    try {
        & $Find
    } catch {
        if ($_.CategoryInfo.Reason -ne 'ManagementObjectNotFoundException') { throw }
    }
}

# Returns the identity of an object; never empty, because an empty identity means every object.
function Get-Identity {
    [CmdletBinding()] [OutputType([string])] param($Subject)
    $identity = [string]$Subject.Identity
    if ($identity.Trim() -eq '') { throw 'an object came back without an identity; acting on it would touch every object' }
    $identity
}

# Returns a path below the Exchange installation folder of this computer.
function Get-InstallPath {
    [CmdletBinding()] param([string]$Child)
    $setup = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
    Join-Path -Path $setup.MsiInstallPath -ChildPath $Child
}

# Checks that OWA finds the UCMA 4.0 runtime (P1). Microsoft's page of the health set OWA.Protocol.Dep has the file as the default
# value; the integration page says its folder, but OWA opens the value as a file.
function Test-UcmaRuntime {
    [CmdletBinding()] param()
    $dll = 'Microsoft.Rtc.Internal.Ucweb.dll'
    $value = ''
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging' -ErrorAction SilentlyContinue
    if ($null -ne $key) { $value = [string](Get-PropertyValue -Subject $key -Name 'ImplementationDLLPath') }
    $isFile = $value -ne '' -and (Split-Path -Leaf -Path $value) -eq $dll -and (Test-Path -LiteralPath $value -PathType Leaf)
    $bad = "ImplementationDLLPath is '$value' and not the file $dll; install the runtime: https://www.microsoft.com/download/details.aspx?id=34992"
    if ($value -ne '' -and (Test-Path -LiteralPath (Join-Path -Path $value -ChildPath $dll) -PathType Leaf)) {
        $bad = "ImplementationDLLPath is the folder '$value', and OWA opens the value as a file; set the value to the path of $dll in that folder"
    }
    Get-Check -Passed $isFile -Subject 'UCMA 4.0 runtime' -Good "ImplementationDLLPath is the file $dll" -Bad $bad
}

# Checks that a server has the Mailbox role, because OWA connects to Lync from there. Exchange 2013 can have only the Client Access role
# on a server. IsMailboxServer and ServerRole were recorded on real servers.
function Test-MailboxRole {
    [CmdletBinding()] param([hashtable]$Server)
    $found = Get-ExchangeServer -Identity $Server.Fqdn -ErrorAction Stop
    Get-Check -Passed ([bool]$found.IsMailboxServer) -Subject "server $($Server.Fqdn)" -Good 'has the Mailbox role' -Bad "does not have the Mailbox role (it has: $([string]$found.ServerRole)), and OWA connects to Lync from Mailbox servers only; name the Mailbox servers in mailboxServers and this one in clientAccessServers"
}

# Checks that this server can connect to the Lync pool. OWA connects to port 5061 (code of Exchange 2013). Test-NetConnection came with
# Windows Server 2012 R2 (Microsoft's page of that cmdlet), so on an older Windows a person must answer.
function Test-RegistrarPort {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseCompatibleCmdlets', '', Justification = 'Test-NetConnection is called only where Get-Command finds it.')]
    [CmdletBinding()] param([string]$Registrar)
    if (-not (Get-Command -Name 'Test-NetConnection' -ErrorAction SilentlyContinue)) {
        Get-Result -Status 'NOT SEEN' -Subject 'firewall' -Text "go/no-go: can this server reach $Registrar on port 5061? This Windows has no Test-NetConnection, so the script cannot test it"
        return
    }
    $subject = "Lync pool $Registrar"
    try {
        $found = Test-NetConnection -ComputerName $Registrar -Port 5061 -WarningAction SilentlyContinue -ErrorAction Stop
    } catch {
        Get-Result -Status 'NOT SEEN' -Subject 'firewall' -Text "go/no-go: can this server reach $Registrar on port 5061? Test-NetConnection failed: $($_.Exception.Message)"
        return
    }
    # A name of a load balancer, or of several Front Ends, is tested at the address that Windows chose.
    $address = "$(Get-PropertyValue -Subject $found -Name 'RemoteAddress')"
    if ($address -eq '') {
        Get-Result -Status 'FAILED' -Subject $subject -Text 'its name has no address on this server; add it to DNS, or correct registrar'
        return
    }
    Get-Check -Passed ([bool]$found.TcpTestSucceeded) -Subject $subject -Good "accepts connections on port 5061 of $address" -Bad "accepts no connection on port 5061 of $address; let the firewalls pass TCP port 5061 from this server to that address, and make sure that the Front End service runs there"
}

# Checks the certificate of a server: present, with key, in its dates, trusted, and with a name under which Lync knows the server (P3, P9).
function Test-ImCertificate {
    [CmdletBinding()] param([hashtable]$Server, [string]$WindowEnd)
    $subject = "certificate $($Server.Thumbprint) on $($Server.Fqdn)"
    try {
        $found = @(Get-ExchangeCertificate -Server $Server.Fqdn -ErrorAction Stop | Where-Object { $Server.Thumbprint -eq [string]$_.Thumbprint })
    } catch {
        Get-Result -Status 'FAILED' -Subject "server $($Server.Fqdn)" -Text "its certificates cannot be read from this shell ($($_.Exception.Message)); start the server, or find out why it cannot be reached"
        return
    }
    Get-Check -Passed ($found.Count -eq 1) -Subject $subject -Good 'is there' -Bad "is not on $($Server.Fqdn); import it there with its private key, or correct certificateThumbprint (see Get-ExchangeCertificate)"
    if ($found.Count -ne 1) { return }
    $certificate = $found[0]
    Get-Check -Passed ([bool]$certificate.HasPrivateKey) -Subject $subject -Good 'has its private key' -Bad 'has no private key; import it with the key'
    Test-CertificateDate -Certificate $certificate -Subject $subject -WindowEnd $WindowEnd
    Test-CertificateTrust -Certificate $certificate -Subject $subject
    Test-CertificateName -Certificate $certificate -Subject $subject -Known $Server.Known
}

# Checks that the certificate is valid now and until the change window ends. OWA warns in the last 30 days too, with event 106 (code of
# Exchange 2013).
function Test-CertificateDate {
    [CmdletBinding()] param($Certificate, [string]$Subject, [string]$WindowEnd)
    $now = Get-Date
    $end = $now
    if ($WindowEnd -ne '') { $end = ConvertFrom-TimeText -Text $WindowEnd }
    if ($end -lt $now) { $end = $now }
    $until = Get-TimeText -Time $Certificate.NotAfter
    $dates = "$(Get-TimeText -Time $Certificate.NotBefore) to $until"
    $advice = 'lyncowa certificate-request prints the commands'
    if ($Certificate.NotBefore -gt $now -or $Certificate.NotAfter -le $now) {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "is outside its dates ($dates); renew it: $advice"
    } elseif ($Certificate.NotAfter -le $end) {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "ends on $until, before the change window ends ($(Get-TimeText -Time $end)); renew it first: $advice"
    } elseif ($Certificate.NotAfter -le $end.AddDays(30)) {
        Get-Result -Status 'WARNING' -Subject $Subject -Text "ends on $until, less than 30 days after the change; renew it soon: $advice"
    } else {
        Get-Result -Status 'OK' -Subject $Subject -Text "is in its dates ($dates)"
    }
}

# Checks that the other side can trust the certificate. Valid says nothing about the root: a self-signed certificate is Valid with
# the root type None. RevocationCheckFailure says that the revocation list could not be reached, and OWA does not ask for it.
function Test-CertificateTrust {
    [CmdletBinding()] param($Certificate, [string]$Subject)
    $status = [string]$Certificate.Status
    $root = [string](Get-PropertyValue -Subject $Certificate -Name 'RootCAType')
    if ([bool](Get-PropertyValue -Subject $Certificate -Name 'IsSelfSigned') -or @('None', 'Unknown') -contains $root) {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "is self-signed, or its root is not trusted here (root type $root), so Lync cannot trust it; use a certificate of an authority that both sides trust"
    }
    if ($status -eq 'RevocationCheckFailure') {
        Get-Result -Status 'WARNING' -Subject $Subject -Text 'has the status RevocationCheckFailure: its revocation list cannot be reached from here. OWA works without; make sure that Lync reaches it'
    } else {
        Get-Check -Passed ($status -eq 'Valid') -Subject $Subject -Good 'has the status Valid' -Bad "has the status $status instead of Valid; see Get-ExchangeCertificate and replace the certificate"
    }
}

# Checks the names of the certificate. Lync looks up the subject's CN among the names that it knows; the integration page wants the
# name in the subject and in the alternative names.
function Test-CertificateName {
    [CmdletBinding()] param($Certificate, [string]$Subject, [string[]]$Known)
    $common = ''
    if ([string]$Certificate.Subject -match '(?:^|,\s*)CN="?([^,"]+)"?') { $common = $Matches[1].Trim() }
    $alternative = @($Certificate.CertificateDomains | ForEach-Object { [string]$_ } | Where-Object { $Known -contains $_ })
    $wanted = "the subject CN $($Known -join ' or ') that is also among the subject alternative names"
    if ($common -like '*[*]*') {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "has the subject CN '$common', and Lync does not support a wildcard subject; request one with $wanted"
    } elseif ($alternative -contains $common) {
        Get-Result -Status 'OK' -Subject $Subject -Text "has the subject CN $common, under which Lync knows this server, also among its subject alternative names"
    } elseif ($alternative.Count -gt 0 -and $Known -contains $common) {
        Get-Result -Status 'WARNING' -Subject $Subject -Text "has the subject CN $common, under which Lync knows this server, but not among its subject alternative names ($($alternative -join ', ')). The integration page wants it in both: prove it with a pilot sign-in (step 99), or request one with $wanted"
    } elseif ($alternative.Count -gt 0) {
        Get-Result -Status 'WARNING' -Subject $Subject -Text "has the subject CN '$common' and $($alternative -join ', ') only among its subject alternative names. Lync looks up the CN, so this may not work: prove it with a pilot sign-in (step 99), or request one with $wanted"
    } else {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "has the subject CN '$common' and none of the names that Lync knows among its subject alternative names; request one with $wanted"
    }
}

# Returns the front-end OWA virtual directories of one server, or of the organisation for '', as Active Directory has them.
function Get-OwaDirectory {
    [CmdletBinding()] param([string]$Server)
    $found = if ($Server -eq '') { Get-OwaVirtualDirectory -ADPropertiesOnly -ErrorAction Stop } else { Find-ExchangeObject -Find { Get-OwaVirtualDirectory -Server $Server -ADPropertiesOnly -ErrorAction Stop } }
    $found | Where-Object { $null -ne $_ -and [string]$_.Identity -notlike '*(Exchange Back End)' }
}

# Checks that a Client Access server of the right version has an OWA virtual directory; '' is the organisation. -Reach: that IIS on
# the server can be reached too, because Set-OwaVirtualDirectory writes there (Microsoft's page of that cmdlet).
function Test-OwaDirectory {
    [CmdletBinding()] param([string]$Server, [string]$Year, [switch]$Reach)
    $where = if ($Server -eq '') { 'the organisation' } else { $Server }
    $found = @(Get-OwaDirectory -Server $Server)
    Get-Check -Passed ($found.Count -gt 0) -Subject "OWA virtual directory on $where" -Good "$($found.Count) found" -Bad 'none found; name the Client Access servers in clientAccessServers'
    foreach ($name in @($found | ForEach-Object { [string]$_.Server } | Select-Object -Unique)) {
        $reported = [string](Get-ExchangeServer -Identity $name -ErrorAction Stop).AdminDisplayVersion
        # The organisation-wide form of the integration page touches every version, as the change record warns.
        Get-Check -Passed (Test-ExchangeVersion -Reported $reported -Year $Year) -Advice:($Server -eq '') -Subject "Client Access server $name" -Good "is Exchange $Year" -Bad "reports '$reported', not Exchange $Year; correct clientAccessServers"
    }
    if ($Reach) { foreach ($directory in $found) { Test-OwaReach -Identity (Get-Identity -Subject $directory) } }
}

# Checks that the IIS settings of an OWA virtual directory can be read through this shell.
function Test-OwaReach {
    [CmdletBinding()] param([string]$Identity)
    $reason = ''
    try {
        [void](Get-OwaVirtualDirectory -Identity $Identity -ErrorAction Stop)
    } catch {
        $reason = $_.Exception.Message
    }
    Get-Check -Passed ($reason -eq '') -Subject "OWA virtual directory $Identity" -Good 'its server can be reached' -Bad "its server cannot be reached from this shell ($reason); start the server, or use the shell of an Exchange server that reaches it"
}

# Checks that a name is exactly one OWA mailbox policy.
function Test-OwaPolicy {
    [CmdletBinding()] param([string]$Name)
    $found = @(Get-OwaMailboxPolicy -ErrorAction Stop | Where-Object { $Name -eq [string]$_.Name })
    Get-Check -Passed ($found.Count -eq 1) -Subject "OWA mailbox policy $Name" -Good 'exists' -Bad "$($found.Count) policies have this name; see Get-OwaMailboxPolicy and correct mailboxPolicies"
}

# Asks about the OWA virtual directories that keep instant messaging. -Own are those of this change: mailbox policies are
# organisation-wide, so users of the others lose it with the policies.
function Test-OtherMessaging {
    [CmdletBinding()] param([object[]]$Own, [string[]]$Policy)
    $names = @($Own | ForEach-Object { Get-Identity -Subject $_ })
    $others = @(Get-OwaDirectory -Server '' | Where-Object { $names -notcontains [string]$_.Identity -and (Test-Messaging -Subject $_ -Enabled $true -Type 'Ocs') } | ForEach-Object { [string]$_.Identity })
    if ($others.Count -eq 0) { return }
    Get-Result -Status 'NOT SEEN' -Subject "OWA mailbox policy $($Policy -join ', ')" -Text "go/no-go: instant messaging is in use on OWA virtual directories that stay ($($others -join ', ')). Do their users have other mailbox policies? If not, they lose it too"
}

# Tells whether a virtual directory or mailbox policy has these values; without -Type the type does not count.
function Test-Messaging {
    [CmdletBinding()] [OutputType([bool])] param($Subject, [bool]$Enabled, [string]$Type = '')
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    [bool]$Subject.InstantMessagingEnabled -eq $Enabled -and ($Type -eq '' -or $Type -eq [string]$Subject.InstantMessagingType)
}

# Returns what a back-out of instant messaging restores: object identity -> InstantMessagingEnabled, InstantMessagingType.
function Get-MessagingState {
    [CmdletBinding()] [OutputType([hashtable])] param([object[]]$Subject)
    if ($Subject.Count -eq 0) { throw 'there is nothing to act on; see the checks above' }
    $state = @{}
    foreach ($one in $Subject) { $state[(Get-Identity -Subject $one)] = @{ InstantMessagingEnabled = [bool]$one.InstantMessagingEnabled; InstantMessagingType = [string]$one.InstantMessagingType } }
    $state
}

# Returns the identities that a back-out restores, those that this change touched, and checks their captured values.
function Get-TouchedIdentity {
    [CmdletBinding()] param([hashtable]$Before, [string]$Kind)
    foreach ($identity in @($Before.GetEnumerator() | ForEach-Object { $_.Key } | Sort-Object)) {
        if (-not (Test-Attempt -Target "$Kind $identity")) { continue }
        if ($Before[$identity].InstantMessagingEnabled -isnot [bool] -or "$($Before[$identity].InstantMessagingType)" -eq '') {
            throw "${Kind} ${identity}: the captured state cannot be used; restore the values by hand as the change record says"
        }
        $identity
    }
}

# Returns the state of the OWA application pool on this computer, 'Started' when it runs.
function Get-OwaPoolState {
    [CmdletBinding()] param()
    "$(& 'C:\Windows\System32\Inetsrv\Appcmd.exe' list apppool '/apppool.name:MSExchangeOWAAppPool' '/text:state')".Trim()
}

# Recycles the OWA application pool of this computer if that is due (P10).
function Invoke-OwaRecycle {
    [CmdletBinding()] param()
    Invoke-FollowUp -Mark 'owa-recycle' -Target "OWA application pool on $($script:Step.Host)" -Action 'recycle MSExchangeOWAAppPool' -Change { Invoke-PoolRecycle }
    if ($script:Step.WhatIf) { return }
    $state = Get-OwaPoolState
    if ($state -ne 'Started') {
        $script:Step.Late = $true
        throw "MSExchangeOWAAppPool is '$state' instead of Started; start it in IIS Manager and see the System event log"
    }
    Write-Line -Status 'OK' -Text 'MSExchangeOWAAppPool is started'
}

# Checks on this computer what step 70 leaves: the settings, a started application pool, no recycle due.
function Test-FinishedServer {
    [CmdletBinding()] param([hashtable]$Server)
    Test-FinishedSetting -Server $Server
    Test-OwaPool
}

# Checks that the OWA application pool of this computer runs, and that no recycle is due.
function Test-OwaPool {
    [CmdletBinding()] param()
    $state = Get-OwaPoolState
    Get-Check -Passed ($state -eq 'Started') -Subject 'MSExchangeOWAAppPool' -Good 'is started' -Bad "is '$state'; start it in IIS Manager"
    Get-Check -Passed (-not (Test-Mark -Name 'owa-recycle')) -Subject 'OWA application pool' -Good 'no recycle is due' -Bad 'a recycle is still due; run step 70 again'
}

# What OWA writes into the Application log when instant messaging cannot start (source MSExchange OWA, from the code of Exchange 2013).
$script:OwaEvent = @{
    83 = 'the registry value ImplementationDLLPath is missing'; 84 = 'the UCMA library is missing'
    86 = 'the UCMA library could not be used'; 87 = 'the UCMA library could not be loaded'
    102 = 'the certificate has expired'; 103 = 'the certificate was not found'; 104 = 'the certificate is not valid yet'
    106 = 'the certificate expires within 30 days'
}

# Checks what the first OWA sign-in after the recycle leaves (P14): event 112 and the log folder. Shows every other event of OWA
# since then. -Policy and -Directory are what decides who may use instant messaging.
function Test-OwaStart {
    [CmdletBinding()] param([hashtable[]]$Pilot, [object[]]$Policy, [object[]]$Directory)
    $recycle = Get-FollowUpTime -Mark 'owa-recycle'
    # Where the settings were right before this change, OWA may have started long ago.
    $since = if ($null -eq $recycle) { (Get-Date).AddDays(-7) } else { $recycle }
    $events = @(Find-Event -Filter @{ LogName = 'Application'; ProviderName = 'MSExchange OWA'; StartTime = $since })
    $started = @($events | Where-Object { $_.Id -eq 112 })
    $logs = Get-InstallPath -Child 'Logging\OWA\InstantMessaging'
    $logging = Test-Path -LiteralPath $logs -PathType Container
    $subject = 'event log, source MSExchange OWA'
    if ($started.Count -gt 0 -and $logging) {
        Get-Result -Status 'OK' -Subject $subject -Text "event 112 of $(Get-TimeText -Time $started[0].TimeCreated): instant messaging has started"
        Get-Result -Status 'OK' -Subject 'instant messaging logs' -Text "are in $logs"
    } elseif ($null -eq $recycle -and $started.Count -eq 0) {
        Get-Result -Status 'NOT SEEN' -Subject $subject -Text 'go/no-go: this change has not recycled OWA on this server, and there is no event 112 in the last 7 days; OWA writes it at the first sign-in after its start. Does a user whose mailbox is active on this server see the presence icon?'
    } elseif ($Pilot.Count -gt 0 -and -not (Test-PilotHere -Pilot $Pilot)) {
        Get-Result -Status 'NOT SEEN' -Subject $subject -Text "go/no-go: no event 112 since the recycle, or no $logs. No pilot user's mailbox is active on this server, so perhaps nobody has signed in through it: sign in with a user whose mailbox is, then run this script again"
    } else {
        $end = Get-CacheEnd -Recycle $since -Policy $Policy -Directory $Directory
        $early = (Get-Date) -lt $end
        $until = if ($early) { " If one has, wait until $(Get-TimeText -Time $end): OWA keeps a mailbox policy for up to 60 minutes and a virtual directory for up to 3 hours." } else { '' }
        $status = if ($early) { 'NOT YET' } else { 'FAILED' }
        if ($started.Count -eq 0) { Get-Result -Status $status -Subject $subject -Text "no event 112 since the recycle of $(Get-TimeText -Time $since). Sign in to OWA with a user whose mailbox is active on this server, then run this script again.$until" }
        if (-not $logging) { Get-Result -Status $status -Subject 'instant messaging logs' -Text "there is no $logs. It appears with the first OWA sign-in; without it, instant messaging has not started.$until" }
    }
    foreach ($one in @($events | Where-Object { $script:OwaEvent.ContainsKey([int]$_.Id) -or @(1, 2, 3) -contains [int]$_.Level })) {
        $meaning = if ($script:OwaEvent.ContainsKey([int]$one.Id)) { "$($script:OwaEvent[[int]$one.Id]): " } else { '' }
        # A start after the event has overcome it.
        $overcome = $meaning -eq '' -or $one.Id -eq 106 -or ($started.Count -gt 0 -and $started[0].TimeCreated -gt $one.TimeCreated)
        Get-Check -Passed $false -Advice:$overcome -Subject "event $($one.Id) of $(Get-TimeText -Time $one.TimeCreated)" -Bad ($meaning + (([string]$one.Message) -replace '\s+', ' '))
    }
}

# Returns until when OWA may go on with what it read before: a mailbox policy for 60 minutes (Microsoft's page Set-OwaMailboxPolicy),
# a virtual directory for three hours (code of Exchange 2013). A recycle ends both.
function Get-CacheEnd {
    [CmdletBinding()] [OutputType([datetime])] param([datetime]$Recycle, [object[]]$Policy, [object[]]$Directory)
    $now = Get-Date
    $end = $Recycle.AddMinutes(60)
    foreach ($kind in @(@{ Subject = $Policy; Minutes = 60 }, @{ Subject = $Directory; Minutes = 180 })) {
        foreach ($one in $kind.Subject) {
            $changed = Get-PropertyValue -Subject $one -Name 'WhenChangedUTC'
            if ($changed -isnot [datetime]) { continue }
            $changed = $changed.ToLocalTime()
            if ($changed -gt $Recycle -and $changed -le $now -and $changed.AddMinutes($kind.Minutes) -gt $end) { $end = $changed.AddMinutes($kind.Minutes) }
        }
    }
    $end
}

# Tells whether a pilot user's mailbox is active on this server. Where the active copy of a database is, the database knows; the
# mailbox's ServerName does not follow a failover (Microsoft's page Get-MailboxDatabase).
function Test-PilotHere {
    [CmdletBinding()] [OutputType([bool])] param([hashtable[]]$Pilot)
    foreach ($one in $Pilot) {
        foreach ($mailbox in @(Find-ExchangeObject -Find { Get-Mailbox -Identity $one.Mailbox -ErrorAction Stop })) {
            $database = [string]$mailbox.Database
            if ($database -eq '') { continue }
            $active = @(Find-ExchangeObject -Find { Get-MailboxDatabase -Identity $database -Status -ErrorAction Stop } | ForEach-Object { [string]$_.MountedOnServer })
            if (@($active | Where-Object { @($script:Step.Host, (Get-ShortName -Fqdn $script:Step.Host)) -contains $_ }).Count -gt 0) { return $true }
        }
    }
    $false
}

# Checks the conditions for a pilot user that Exchange sees (P12): mailbox version, SIP address, OWA mailbox policy. A mailbox
# without a policy has the organisation's default policy; where there is none, the virtual directory decides (code of Exchange 2013).
# -Policy: the one that each pilot user is to have. -Early: the policies are still to come.
function Test-PilotMailbox {
    [CmdletBinding()] param([hashtable[]]$Pilot, [string]$Year, [string]$Policy = '', [switch]$Early)
    $policies = @(Get-OwaMailboxPolicy -ErrorAction Stop)
    foreach ($one in $Pilot) {
        $subject = "pilot user $($one.Mailbox)"
        $mailbox = @(Find-ExchangeObject -Find { Get-Mailbox -Identity $one.Mailbox -ErrorAction Stop })
        Get-Check -Passed ($mailbox.Count -eq 1) -Subject $subject -Good 'has a mailbox' -Bad "has $($mailbox.Count) mailboxes under this address; correct pilotUsers"
        if ($mailbox.Count -ne 1) { continue }
        $reported = [string]$mailbox[0].AdminDisplayVersion
        Get-Check -Passed (Test-ExchangeVersion -Reported $reported -Year $Year) -Subject $subject -Good "has the mailbox on Exchange $Year" -Bad "has the mailbox on '$reported', not on Exchange $Year; move it"
        $sip = @($mailbox[0].EmailAddresses | ForEach-Object { [string]$_ } | Where-Object { $_ -like 'sip:*' } | ForEach-Object { $_.Substring(4) })
        $other = if ($sip.Count -eq 0) { 'has no SIP address among EmailAddresses; enable the user for Lync' } else { "has the SIP address $($sip -join ', '), not $($one.Sip); write {mailbox: $($one.Mailbox), sip: $($sip[0])} in pilotUsers" }
        Get-Check -Passed ($sip -contains $one.Sip) -Subject $subject -Good "has the SIP address $($one.Sip)" -Bad $other
        $name = [string](Get-CASMailbox -Identity $one.Mailbox -ErrorAction Stop).OwaMailboxPolicy
        $effective = @($policies | Where-Object { if ($name -eq '') { Get-PropertyValue -Subject $_ -Name 'IsDefault' } else { $name -eq [string]$_.Name -or $name -eq [string]$_.Identity } })
        if ($Policy -ne '') { Get-Check -Passed (@($effective | Where-Object { $Policy -eq [string]$_.Name }).Count -eq 1) -Subject $subject -Good "has the OWA mailbox policy $Policy" -Bad "has the OWA mailbox policy '$(@($effective | ForEach-Object { [string]$_.Name }) -join ', ')' and not $Policy; run step 65 again" }
        foreach ($decisive in $effective) {
            Get-Check -Passed (Test-Messaging -Subject $decisive -Enabled $true -Type 'Ocs') -Advice:$Early -Subject $subject -Good "has instant messaging by the OWA mailbox policy $($decisive.Name)" -Bad "has the OWA mailbox policy '$($decisive.Name)' without instant messaging of type OCS; the change integrate enables it"
        }
    }
}

# Shows what Exchange's own monitoring says. It names a missing server name or thumbprint where the event log is silent
# (Microsoft's page of the health set OWA.Protocol.Dep), but lags up to half an hour behind, so it is advice.
function Test-OwaHealth {
    [CmdletBinding()] param()
    $subject = 'health set OWA.Protocol.Dep'
    $monitors = @(Get-ServerHealth -Identity $script:Step.Host -HealthSet 'OWA.Protocol.Dep' -ErrorAction SilentlyContinue)
    if ($monitors.Count -eq 0) {
        Get-Result -Status 'NOT SEEN' -Subject $subject -Text 'go/no-go: the health service gave no answer; is it running (service MSExchangeHM)?'
        return
    }
    $sick = @($monitors | Where-Object { @('Healthy', 'Online', 'Disabled') -notcontains [string]$_.AlertValue } | ForEach-Object { $_.Name })
    Get-Check -Passed ($sick.Count -eq 0) -Advice -Subject $subject -Good 'healthy' -Bad "unhealthy: $($sick -join ', '); it can stay so for about 30 minutes after a repair"
}
