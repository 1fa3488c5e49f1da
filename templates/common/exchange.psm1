# ---- exchange -----------------------------------------------------------------------------------------------

function Get-InstallPath {
    # .SYNOPSIS
    # Returns a path below the Exchange installation folder of this host.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string]$Child)
    $setup = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
    Join-Path -Path $setup.MsiInstallPath -ChildPath $Child
}

function Test-UcmaRuntime {
    # .SYNOPSIS
    # Checks that the UCMA 4.0 runtime is installed (P1): the registry value is the DLL, or the folder that holds it.
    [CmdletBinding()]
    param()
    $dll = 'Microsoft.Rtc.Internal.Ucweb.dll'
    $value = ''
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging' -ErrorAction SilentlyContinue
    if ($null -ne $key -and $null -ne $key.PSObject.Properties['ImplementationDLLPath']) { $value = [string]$key.ImplementationDLLPath }
    $found = $false
    if ($value -ne '') {
        $file = if ((Split-Path -Leaf -Path $value) -eq $dll) { $value } else { Join-Path -Path $value -ChildPath $dll }
        $found = Test-Path -LiteralPath $file -PathType Leaf
    }
    Get-Check -Passed $found -Subject 'UCMA 4.0 runtime' -Good "ImplementationDLLPath leads to $dll" -Bad "ImplementationDLLPath is '$value' and does not lead to $dll; install the runtime: https://www.microsoft.com/download/details.aspx?id=34992"
}

function Test-ImCertificate {
    # .SYNOPSIS
    # Checks the certificate of a server: present, with key, in its dates, valid, and with the names that Lync looks for (P3, P9).
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    $subject = "certificate $($Server.Thumbprint)"
    $found = @(Get-ExchangeCertificate -Server $Server.Fqdn -ErrorAction Stop | Where-Object { $_.Thumbprint -eq $Server.Thumbprint })
    Get-Check -Passed ($found.Count -eq 1) -Subject $subject -Good "is on $($Server.Fqdn)" -Bad "is not on $($Server.Fqdn); import it there with its private key, or correct certificateThumbprint (see Get-ExchangeCertificate)"
    if ($found.Count -ne 1) { return }
    $certificate = $found[0]
    $now = Get-Date
    $names = @($certificate.CertificateDomains | ForEach-Object { [string]$_ })
    $common = ''
    if ([string]$certificate.Subject -match '(?:^|,\s*)CN="?([^,"]+)"?') { $common = $Matches[1].Trim() }
    $absent = @($Server.Names | Where-Object { $names -notcontains $_ })
    Get-Check -Passed ([bool]$certificate.HasPrivateKey) -Subject $subject -Good 'has its private key' -Bad 'has no private key; import it with the key'
    Get-Check -Passed ($certificate.NotBefore -le $now -and $certificate.NotAfter -gt $now) -Subject $subject -Good "is in its dates, until $('{0:yyyy-MM-dd}' -f $certificate.NotAfter)" -Bad "is outside its dates ($('{0:yyyy-MM-dd} to {1:yyyy-MM-dd}' -f $certificate.NotBefore, $certificate.NotAfter)); renew it"
    Get-Check -Passed ([string]$certificate.Status -eq 'Valid') -Subject $subject -Good 'has the status Valid' -Bad "has the status $($certificate.Status) instead of Valid; its chain must be trusted and its revocation list reachable, here and on the Lync side"
    Get-Check -Passed ($common -eq $Server.Subject) -Subject $subject -Good "has the subject CN $common" -Bad "has the subject CN '$common', not $($Server.Subject)$(if ($common -like '*[*]*') { '; Lync does not support a wildcard subject' }); request one with that subject"
    Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good 'holds every name that Lync looks for' -Bad "does not hold $($absent -join ', ') in its subject alternative names; request one that does"
}

function Get-OwaDirectory {
    # .SYNOPSIS
    # Returns the front-end OWA virtual directories of one server, or of the organisation for ''.
    [CmdletBinding()]
    [OutputType([object[]])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Server)
    if ($Server -eq '') { Get-OwaVirtualDirectory -ErrorAction Stop } else { Find-ExchangeObject -Find { Get-OwaVirtualDirectory -Server $Server -ErrorAction Stop } }
}

function Test-OwaDirectory {
    # .SYNOPSIS
    # Checks that a Client Access server of the right version has an OWA virtual directory; '' is the organisation.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Server,
        [Parameter(Mandatory = $true)] [string]$Year
    )
    $where = if ($Server -eq '') { 'the organisation' } else { $Server }
    $found = @(Get-OwaDirectory -Server $Server)
    Get-Check -Passed ($found.Count -gt 0) -Subject "OWA virtual directory on $where" -Good "$($found.Count) found" -Bad 'none found; name the Client Access servers in clientAccessServers'
    foreach ($name in @($found | ForEach-Object { [string]$_.Server } | Select-Object -Unique)) {
        $reported = [string](Get-ExchangeServer -Identity $name -ErrorAction Stop).AdminDisplayVersion
        # The organisation-wide form of the Page touches every version, as the plan warns.
        Get-Check -Passed (Test-ExchangeVersion -Reported $reported -Year $Year) -Advice:($Server -eq '') -Subject "Client Access server $name" -Good "is Exchange $Year" -Bad "reports '$reported', not Exchange $Year"
    }
}

function Test-OwaPolicy {
    # .SYNOPSIS
    # Checks that a name is exactly one OWA mailbox policy.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $found = @(Get-OwaMailboxPolicy -ErrorAction Stop | Where-Object { $_.Name -eq $Name })
    Get-Check -Passed ($found.Count -eq 1) -Subject "OWA mailbox policy $Name" -Good 'exists' -Bad "$($found.Count) policies have this name; see Get-OwaMailboxPolicy and correct mailboxPolicies"
}

function Find-ExchangeObject {
    # .SYNOPSIS
    # Runs a look-up; an object that does not exist is nothing, any other error is an error: a guard must not pass because a look-up failed.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [scriptblock]$Find)
    try {
        & $Find
    } catch {
        if ($_.CategoryInfo.Reason -ne 'ManagementObjectNotFoundException') { throw }
    }
}

function Test-PilotMailbox {
    # .SYNOPSIS
    # Checks the conditions for a pilot user that Exchange sees (P12): mailbox version, SIP address, OWA mailbox policy.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Address,
        [Parameter(Mandatory = $true)] [string]$Year
    )
    foreach ($name in $Address) {
        $subject = "pilot user $name"
        $mailbox = @(Find-ExchangeObject -Find { Get-Mailbox -Identity $name -ErrorAction Stop })
        Get-Check -Passed ($mailbox.Count -eq 1) -Subject $subject -Good 'has a mailbox' -Bad "has $($mailbox.Count) mailboxes under this address; correct pilotUsers"
        if ($mailbox.Count -ne 1) { continue }
        $sip = @($mailbox[0].EmailAddresses | Where-Object { [string]$_ -like 'sip:*' } | ForEach-Object { [string]$_ })
        # Without a policy the virtual directory decides.
        $policy = [string](Get-CASMailbox -Identity $name -ErrorAction Stop).OwaMailboxPolicy
        $allowed = $policy -eq '' -or (Test-InstantMessaging -Subject (Get-OwaMailboxPolicy -Identity $policy -ErrorAction Stop))
        Get-Check -Passed (Test-ExchangeVersion -Reported ([string]$mailbox[0].AdminDisplayVersion) -Year $Year) -Subject $subject -Good "has the mailbox on Exchange $Year" -Bad "has the mailbox on '$($mailbox[0].AdminDisplayVersion)', not on Exchange $Year; move it"
        Get-Check -Passed ($sip.Count -gt 0) -Subject $subject -Good "has the SIP address $($sip -join ', ')" -Bad 'has no SIP address among EmailAddresses; enable the user for Lync'
        Get-Check -Passed $allowed -Subject $subject -Good 'has instant messaging by OWA mailbox policy' -Bad "has the OWA mailbox policy '$policy' without instant messaging of type OCS; the change integrate enables it"
    }
}

function Test-InstantMessaging {
    # .SYNOPSIS
    # Tells whether a virtual directory or mailbox policy has instant messaging enabled with the type OCS.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] $Subject)
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    [bool]$Subject.InstantMessagingEnabled -and [string]$Subject.InstantMessagingType -eq 'Ocs'
}

function Test-MessagingOff {
    # .SYNOPSIS
    # Tells whether a virtual directory has instant messaging switched off.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] $Subject)
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    -not [bool]$Subject.InstantMessagingEnabled
}

function Get-MessagingState {
    # .SYNOPSIS
    # Returns what a back-out of instant messaging restores: object identity -> InstantMessagingEnabled, InstantMessagingType.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]]$Subject)
    if ($Subject.Count -eq 0) { throw 'there is nothing to act on; see the checks above' }
    $state = @{}
    foreach ($one in $Subject) {
        $state[(Get-Identity -Subject $one)] = @{ InstantMessagingEnabled = [bool]$one.InstantMessagingEnabled; InstantMessagingType = [string]$one.InstantMessagingType }
    }
    $state
}

function Test-MessagingState {
    # .SYNOPSIS
    # Tells whether an object is as it was captured.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] $Subject,
        [Parameter(Mandatory = $true)] $Captured
    )
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    [bool]$Subject.InstantMessagingEnabled -eq [bool]$Captured.InstantMessagingEnabled -and [string]$Subject.InstantMessagingType -eq [string]$Captured.InstantMessagingType
}

function Get-Identity {
    # .SYNOPSIS
    # Returns the identity of an object; never empty, because an empty identity means every object.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] $Subject)
    $identity = [string]$Subject.Identity
    if ($identity.Trim() -eq '') { throw 'an object came back without an identity; acting on it would touch every object' }
    $identity
}

function Get-OwaPoolState {
    # .SYNOPSIS
    # Returns the state of the OWA application pool on this host, 'Started' when it runs.
    [CmdletBinding()]
    [OutputType([string])]
    param()
    "$(& 'C:\Windows\System32\Inetsrv\Appcmd.exe' list apppool '/apppool.name:MSExchangeOWAAppPool' '/text:state')".Trim()
}

function Invoke-OwaRecycle {
    # .SYNOPSIS
    # Recycles the OWA application pool of this host if that is due (P10), and notes when.
    [CmdletBinding()]
    param()
    Invoke-FollowUp -Mark 'owa-recycle' -Target "OWA application pool on $($script:Step.Host)" -Action 'recycle MSExchangeOWAAppPool' -Change {
        $before = (Get-Date).ToUniversalTime()
        Invoke-PoolRecycle
        Save-Evidence -Name 'owa-recycle.json' -Byte (Get-JsonByte -Value @{ RecycledAt = $before.ToString('s') + 'Z' })
    }
    if ($script:Step.WhatIf) { return }
    $state = Get-OwaPoolState
    if ($state -ne 'Started') {
        $script:Step.Late = $true
        throw "MSExchangeOWAAppPool is '$state' instead of Started; start it in IIS Manager and look into the System event log"
    }
    Write-Line -Status 'OK' -Text 'MSExchangeOWAAppPool is started'
}

function Get-RecycleTime {
    # .SYNOPSIS
    # Returns when this change recycled OWA on this host; $null when it did not.
    [CmdletBinding()]
    [OutputType([datetime])]
    param()
    $path = Get-EvidencePath -Name 'owa-recycle.json'
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $null }
    # ConvertFrom-Json makes a date of it in some versions and leaves the text in others.
    $value = (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).RecycledAt
    if ($value -is [datetime]) { return $value.ToLocalTime() }
    [datetime]::ParseExact([string]$value, "yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]'AssumeUniversal')
}

function Test-FinishedServer {
    # .SYNOPSIS
    # Checks on this host what step 70 leaves: the settings, a started application pool, no recycle due.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    Test-FinishedSetting -Server $Server
    $state = Get-OwaPoolState
    Get-Check -Passed ($state -eq 'Started') -Subject 'MSExchangeOWAAppPool' -Good 'is started' -Bad "is '$state'; start it in IIS Manager"
    Get-Check -Passed (-not (Test-Mark -Name 'owa-recycle')) -Subject 'OWA application pool' -Good 'no recycle is due' -Bad 'a recycle is still due; run step 70 again'
}

function Test-OwaStart {
    # .SYNOPSIS
    # Checks what the first OWA sign-in after the recycle leaves (P14): event 112 and the log folder. Shows every error and warning of OWA since then.
    # .PARAMETER Pilot
    # The pilot users; where their mailboxes are all active on other servers, nobody may have signed in through this one yet.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Pilot)
    $since = Get-RecycleTime
    $subject = 'event log, source MSExchange OWA'
    # Where everything was right already, OWA may have started long ago.
    $recycled = $null -ne $since
    if (-not $recycled) { $since = (Get-Date).AddDays(-7) }
    $events = @(Find-Event -Filter @{ LogName = 'Application'; ProviderName = 'MSExchange OWA'; StartTime = $since })
    $started = @($events | Where-Object { $_.Id -eq 112 }).Count -gt 0
    $logs = Get-InstallPath -Child 'Logging\OWA\InstantMessaging'
    $logging = Test-Path -LiteralPath $logs -PathType Container
    if (-not $recycled -and -not $started) {
        Get-Unseen -Subject $subject -Question 'go/no-go: this change has not recycled OWA on this server, and there is no event 112 in the last 7 days; it is written at the first sign-in after OWA has started. Does a user whose mailbox is active on this server see the presence icon?'
    } elseif (-not ($started -and $logging) -and $Pilot.Count -gt 0 -and -not (Test-PilotHere -Address $Pilot)) {
        Get-Unseen -Subject $subject -Question "go/no-go: no event 112 since the recycle, or no $logs. No pilot user's mailbox is active on this server, so perhaps nobody has signed in through it yet: sign in with one that is, then run this script again"
    } else {
        Get-Check -Passed $started -Subject $subject -Good 'event 112: the instant messaging endpoint manager is initialised' -Bad 'no event 112 since the recycle; sign in to OWA once with a user whose mailbox is active on this server, then run this script again'
        Get-Check -Passed $logging -Subject 'instant messaging logs' -Good "are in $logs" -Bad "there is no $logs; it appears with the first OWA sign-in, and its absence after one means that the integration failed"
    }
    foreach ($trouble in @($events | Where-Object { @(1, 2, 3) -contains [int]$_.Level })) {
        Get-Check -Passed $false -Advice -Subject "event $($trouble.Id)" -Good '' -Bad (([string]$trouble.Message) -replace '\s+', ' ')
    }
}

function Test-PilotHere {
    # .SYNOPSIS
    # Tells whether a pilot user's mailbox is active on this server.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string[]]$Address)
    foreach ($name in $Address) {
        $server = "$(Find-ExchangeObject -Find { Get-Mailbox -Identity $name -ErrorAction Stop } | ForEach-Object { $_.ServerName })"
        if (@($script:Step.Host, $script:Step.Host.Split('.')[0]) -contains $server) { return $true }
    }
    $false
}

function Test-OwaHealth {
    # .SYNOPSIS
    # Shows what Exchange's own monitoring says; it may lag half an hour behind, so it is advice.
    [CmdletBinding()]
    param()
    $monitors = @(Get-ServerHealth -Identity $script:Step.Host -HealthSet 'OWA.Protocol.Dep' -ErrorAction SilentlyContinue)
    if ($monitors.Count -eq 0) {
        Get-Unseen -Subject 'health set OWA.Protocol.Dep' -Question 'go/no-go: the health service gave no answer; is it running (service MSExchangeHM)?'
        return
    }
    $sick = @($monitors | Where-Object { @('Healthy', 'Online', 'Disabled') -notcontains [string]$_.AlertValue })
    Get-Check -Passed ($sick.Count -eq 0) -Advice -Subject 'health set OWA.Protocol.Dep' -Good 'healthy' -Bad "unhealthy: $(@($sick | ForEach-Object { $_.Name }) -join ', '); it may stay so for about 30 minutes after a repair"
}

