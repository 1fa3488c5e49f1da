# ---- place: which computer, which shell, which rights ---------------------------------------------------------

# Product versions by year, as the products report them.
$script:ExchangeVersion = @{ '2013' = '15.0'; '2016' = '15.1'; '2019' = '15.2' }
$script:LyncVersion = @{ '2013' = '5.0'; '2015' = '6.0'; '2019' = '7.0' }
$script:ExchangeWithoutIm = 1748 # build of Exchange 2019 CU15, the first one without instant messaging in OWA

# Returns the FQDN of this computer in lower case.
function Get-HostName {
    [CmdletBinding()] param()
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    ('{0}.{1}' -f $key.Hostname, $key.Domain).Trim('.').ToLowerInvariant()
}

# Returns the name of a server in Active Directory: the first label of its FQDN.
function Get-ShortName {
    [CmdletBinding()] [OutputType([string])] param([string]$Fqdn)
    $Fqdn.Split('.')[0]
}

# Returns the groups of the person who runs the script: Name, Type, Sid, Attributes.
function Get-Membership {
    [CmdletBinding()] param()
    & 'C:\Windows\System32\whoami.exe' /groups /fo csv /nh | ConvertFrom-Csv -Header 'Name', 'Type', 'Sid', 'Attributes'
}

# Refuses a remote PowerShell session: Enable-CsTopology fails in one (Microsoft's page of that cmdlet), and its local
# files are those of another computer. The Exchange Management Shell imports its cmdlets from a session; that is no such one.
function Assert-LocalSession {
    [CmdletBinding()] param()
    if (Test-Path -LiteralPath 'Variable:\PSSenderInfo') { throw 'this is a remote PowerShell session; log on to the computer itself and run the script in its own shell' }
}

# Refuses a shell that is not elevated (mandatory level high or system).
function Assert-Elevation {
    [CmdletBinding()] param()
    if (@(Get-Membership | Where-Object { @('S-1-16-12288', 'S-1-16-16384') -contains $_.Sid }).Count -eq 0) {
        throw 'this shell is not elevated; start the management shell with "Run as administrator"'
    }
}

# Refuses a shell that lacks one of the cmdlets: the wrong shell, or rights that do not include it.
function Assert-Command {
    [CmdletBinding()] param([string[]]$Name)
    $absent = @($Name | Where-Object { -not (Get-Command -Name $_ -ErrorAction SilentlyContinue) })
    if ($absent.Count -eq 0) { return }
    if ($absent.Count -eq $Name.Count) { throw "this is the wrong shell: it has no $($absent[0]); run the script in the $($script:Step.Shell)" }
    throw "your rights do not include $($absent -join ', '); run the script as a person with the rights that its help names"
}

# Refuses anything but the management shell of that Lync version, run by a person who may change the topology.
function Assert-LyncShell {
    [CmdletBinding()] param([string]$Year, [string[]]$Command = @())
    # What Get-LyncState and the checks of the Lync side read.
    Assert-Command -Name (@('Get-CsServerVersion', 'Get-CsSite', 'Get-CsPool', 'Get-CsComputer', 'Get-CsTrustedApplicationPool', 'Get-CsTrustedApplicationComputer', 'Get-CsTrustedApplication', 'Get-CsManagementStoreReplicationStatus') + $Command)
    # Recorded by Microsoft: "Skype for Business Server 2019 (7.0.2046.0): Volume license key installed."
    $reported = "$(Get-CsServerVersion)"
    if ($reported -notmatch '\((\d+\.\d+)\.') { throw "the Lync version cannot be read from '$reported'" }
    if ($Matches[1] -ne $script:LyncVersion[$Year]) {
        throw "this shell reports '$reported', but the topology says version $Year ($($script:LyncVersion[$Year])); run the script in that deployment's shell, or correct versions.lync and have the new bundle approved"
    }
    if (@(Get-Membership | Where-Object { $_.Name -match '\\RTCUniversalServerAdmins$' -or $_.Sid -match '^S-1-5-21-.*-512$' }).Count -eq 0) {
        throw 'you are neither in RTCUniversalServerAdmins nor a domain administrator, so you cannot change the Lync topology'
    }
}

# Refuses anything but an Exchange Management Shell of that version, on whatever computer. -AnyBuild allows the builds
# that have no instant messaging.
function Assert-ExchangeShell {
    [CmdletBinding()] param([string]$Year, [string[]]$Command = @(), [switch]$AnyBuild)
    Assert-Command -Name (@('Get-ExchangeServer') + $Command)
    # Recorded on real servers: each object of the shell names in PSComputerName the server that answered. It is the
    # name in the address of the session, so a load-balanced name or an alias says nothing.
    $servers = @(Get-ExchangeServer -ErrorAction Stop)
    foreach ($name in @("$(Get-PropertyValue -Subject $servers[0] -Name 'PSComputerName')", $script:Step.Host)) {
        $found = @($servers | Where-Object { $name -eq "$($_.Fqdn)" -or $name -eq "$($_.Name)" })
        if ($found.Count -eq 1) {
            Assert-ExchangeVersion -Server $found[0] -Year $Year -AnyBuild:$AnyBuild
            return
        }
    }
    Write-Line -Status 'WARNING' -Text "this computer is not an Exchange server and cannot tell to which one its shell is connected; make sure that it is an Exchange $Year server"
}

# Refuses anything but the Exchange Management Shell on this Exchange server, with whole objects.
function Assert-ExchangeServer {
    [CmdletBinding()] param([string]$Year, [string[]]$Command = @(), [switch]$AnyBuild)
    Assert-Command -Name (@('Get-ExchangeServer', 'Get-ExchangeCertificate') + $Command)
    $name = $script:Step.Host
    $found = @(Find-ExchangeObject -Find { Get-ExchangeServer -Identity $name -ErrorAction Stop })
    if ($found.Count -ne 1) { throw "$name is not an Exchange server; run the script on the server that its help names" }
    Assert-ExchangeVersion -Server $found[0] -Year $Year -AnyBuild:$AnyBuild
    # A session made by hand does not load the Exchange types; recorded on real servers, a certificate then has RawData
    # and little else.
    foreach ($certificate in @(Get-ExchangeCertificate -Server $name -ErrorAction Stop)) {
        if ($null -eq $certificate.PSObject.Properties['CertificateDomains']) {
            throw "this shell shows Exchange objects without their types, so no certificate can be checked; open the Exchange Management Shell on $name itself and run the script there"
        }
    }
}

# Refuses a server of another version, or of a build that has no instant messaging in OWA.
function Assert-ExchangeVersion {
    [CmdletBinding()] param($Server, [string]$Year, [switch]$AnyBuild)
    $reported = [string]$Server.AdminDisplayVersion
    if (-not $AnyBuild -and $Year -eq '2019' -and $reported -match '^Version 15\.2 \(Build (\d+)\.' -and [int]$Matches[1] -ge $script:ExchangeWithoutIm) {
        throw "$($Server.Name) reports '$reported', Exchange 2019 CU15 or later: Microsoft has ended instant messaging in OWA with it, so there is nothing to integrate; the change disable switches it off"
    }
    if (-not (Test-ExchangeVersion -Reported $reported -Year $Year)) {
        throw "$($Server.Name) reports '$reported', but the topology says Exchange $Year; use the shell of an Exchange $Year server, or correct versions.exchange and have the new bundle approved"
    }
}

# Tells whether a reported version, 'Version 15.0 (Build 1497.2)', is that of a year.
function Test-ExchangeVersion {
    [CmdletBinding()] [OutputType([bool])] param([string]$Reported, [string]$Year)
    $Reported -match '^Version (\d+\.\d+) ' -and $Matches[1] -eq $script:ExchangeVersion[$Year]
}

# Returns events of this computer, newest first; nothing where it has no such log, source or event.
function Find-Event {
    [CmdletBinding()] param([hashtable]$Filter, [int]$First = 10000)
    try {
        Get-WinEvent -FilterHashtable $Filter -MaxEvents $First -ErrorAction Stop
    } catch [UnauthorizedAccessException] {
        throw "the event log '$($Filter.LogName)' may not be read: $($_.Exception.Message)"
    } catch {
        # No such log, no such source and no such event are errors of different kinds that mean the same.
        Write-Verbose -Message $_.Exception.Message
    }
}

# Returns the row of this computer, or of -Fqdn, with what its OWA pool adds. Refuses a computer that the topology does not name.
function Get-DeclaredServer {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Server, [hashtable]$OwaPool, [string]$Fqdn = $script:Step.Host)
    $row = @($Server | Where-Object { $Fqdn -eq $_.Fqdn })
    if ($row.Count -ne 1) {
        $names = @($Server | Select-Object -First 10 | ForEach-Object { $_.Fqdn }) -join ', '
        throw "this is the wrong host: $Fqdn is not among the $($Server.Count) server(s) of this step ($names)"
    }
    $declared = $row[0].Clone()
    foreach ($entry in $OwaPool[$declared.Pool].GetEnumerator()) { $declared[$entry.Key] = $entry.Value }
    $declared
}
