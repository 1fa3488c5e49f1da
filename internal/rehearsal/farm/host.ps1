# The facts of the host that runs a script: registry, services, event log, clock, programs. Each stand-in has the name
# of what it stands in for; what is no fact of the host goes on to the engine's own cmdlet.

# The moment that many seconds after the farm's beginning of time: its start, or the rehearsal's own.
function Get-FarmTime {
    param([long]$Seconds)
    if ($script:Farm.start -eq 0) { return (New-Object DateTime 2026, 1, 5, 8, 0, 0, ([DateTimeKind]::Local)).AddSeconds($Seconds) }
    (New-Object DateTime 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)).AddSeconds($script:Farm.start + $Seconds).ToLocalTime()
}

function Get-Machine { Find-Object $script:Farm.hosts 'fqdn' $script:Session.host }

function Get-Date {
    [CmdletBinding()]
    param([DateTime]$Date, [string]$Format, [string]$UFormat)
    Send-FileChange
    if (-not $PSBoundParameters.ContainsKey('Date')) { $PSBoundParameters['Date'] = Get-FarmTime $script:Farm.clock }
    Microsoft.PowerShell.Utility\Get-Date @PSBoundParameters
}

function Start-Sleep {
    [CmdletBinding(DefaultParameterSetName = 'Seconds')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Seconds')] [ValidateRange(0, 2147483)] [int]$Seconds,
        [Parameter(Mandatory = $true, ParameterSetName = 'Milliseconds')] [ValidateRange(0, 2147483647)] [int]$Milliseconds
    )
    Send-FileChange
    if ($Seconds -gt 15) { Stop-CarelessCall $PSCmdlet "Start-Sleep for $Seconds seconds looks like a script that hangs: a line is due every 15 seconds" }
    $script:Farm.clock += $Seconds + [int][Math]::Ceiling($Milliseconds / 1000)
}

function Get-ItemProperty {
    [CmdletBinding(DefaultParameterSetName = 'Path')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'Path')] [string[]]$Path,
        [Parameter(Mandatory = $true, ParameterSetName = 'LiteralPath')] [string[]]$LiteralPath,
        [Parameter(Position = 1)] [string[]]$Name
    )
    Send-FileChange
    $key = @($Path + $LiteralPath)[-1]
    if ($key -notlike 'Registry::*') { return Microsoft.PowerShell.Management\Get-ItemProperty @PSBoundParameters }
    $values = (Get-Machine).registry.PSObject.Properties[$key.Substring('Registry::'.Length)]
    if ($null -eq $values) { Write-CmdletError $PSCmdlet 'PathNotFound' "Cannot find path '$key' because it does not exist."; return }
    $item = New-Object PSObject
    foreach ($value in $values.Value.PSObject.Properties) {
        $text = ([string]$value.Value).Replace('{host}', $script:Session.hostFolder)
        if (-not $Name -or $Name -contains $value.Name) { $item | Add-Member -MemberType NoteProperty -Name $value.Name -Value $text }
    }
    if ($Name -and @($item.PSObject.Properties).Count -eq 0) { Write-CmdletError $PSCmdlet 'PropertyNotFound' "Property $Name does not exist at path '$key'."; return }
    $item
}

function Get-Service {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string[]]$Name)
    Send-FileChange
    foreach ($wanted in $Name) {
        $service = Find-Object (Get-Machine).services 'name' $wanted
        if ($null -eq $service) { Write-CmdletError $PSCmdlet 'NoServiceFoundForGivenName' "Cannot find any service with service name '$wanted'."; continue }
        New-Object PSObject -Property @{ Name = $service.name; ServiceName = $service.name; DisplayName = $service.name; Status = $service.status }
    }
}

function Get-WinEvent {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$FilterHashtable, [long]$MaxEvents = [long]::MaxValue)
    Send-FileChange
    $filter = $FilterHashtable
    $found = @((Get-Machine).events | Where-Object {
            $_.log -eq $filter['LogName'] -and
            (-not $filter.ContainsKey('ProviderName') -or @($filter['ProviderName']) -contains $_.provider) -and
            (-not $filter.ContainsKey('Id') -or @($filter['Id']) -contains $_.id) -and
            (-not $filter.ContainsKey('Level') -or @($filter['Level']) -contains $_.level) -and
            (-not $filter.ContainsKey('StartTime') -or (Get-FarmTime $_.time) -ge $filter['StartTime']) -and
            (-not $filter.ContainsKey('EndTime') -or (Get-FarmTime $_.time) -le $filter['EndTime']) } |
            Sort-Object -Property time -Descending)
    if ($found.Count -eq 0) { Write-CmdletError $PSCmdlet 'NoMatchingEventsFound' 'No events were found that match the specified selection criteria.'; return }
    $found | Select-Object -First ([int][Math]::Min($MaxEvents, [int]::MaxValue)) | ForEach-Object {
        New-Object PSObject -Property @{
            TimeCreated = Get-FarmTime $_.time; Id = $_.id; ProviderName = $_.provider; LogName = $_.log; Level = $_.level
            LevelDisplayName = @{ 2 = 'Error'; 3 = 'Warning'; 4 = 'Information' }[[int]$_.level]; Message = $_.message }
    }
}

# Native programs, each by its full path.
function Invoke-Program {
    param([string]$Path, [object[]]$Arguments)
    Send-FileChange
    switch -Wildcard ($Path) {
        '*\whoami.exe' { Invoke-Whoami $Arguments }
        '*\icacls.exe' { Invoke-Icacls $Arguments }
        '*\Appcmd.exe' { Invoke-Appcmd $Arguments }
    }
}

function Invoke-Whoami {
    param([object[]]$Arguments)
    $global:LASTEXITCODE = 0
    $person = (Get-Machine).account
    switch ($Arguments -join ' ') {
        '' { return $person.name.ToLowerInvariant() }
        '/user /fo csv /nh' { return '"{0}","{1}"' -f $person.name.ToLowerInvariant(), $person.sid }
        '/groups /fo csv /nh' { return (Get-Machine).groups | ForEach-Object { '"{0}","{1}","{2}","Mandatory group, Enabled by default, Enabled group"' -f $_.name, $_.kind, $_.sid } }
    }
    $global:LASTEXITCODE = 1
    "ERROR: Invalid argument/option - '$Arguments'."
}

$script:OwaPool = 'MSExchangeOWAAppPool'

function Invoke-Appcmd {
    param([object[]]$Arguments)
    $pool = (Get-Machine).appPool
    $words = @($Arguments | ForEach-Object { ([string]$_).Replace('"', '') })
    if ($words -notcontains "/apppool.name:$script:OwaPool") {
        $global:LASTEXITCODE = 50
        return "ERROR ( message:Cannot find APPPOOL object with identifier `"$($words[-1])`". )"
    }
    switch ("$($words[0]) $($words[1])") {
        'list apppool' {
            $global:LASTEXITCODE = 0
            if ($words -contains '/text:state') { return $pool.state }
            return "APPPOOL `"$script:OwaPool`" (MgdVersion:v4.0,MgdMode:Integrated,state:$($pool.state))"
        }
        'recycle apppool' {
            if (-not (Send-Attempt 'native' 'Appcmd.exe' $script:OwaPool @{ arguments = $words -join ' ' }) -or $pool.state -ne 'Started') {
                $global:LASTEXITCODE = 1
                return 'ERROR ( message:The application pool could not be recycled. )'
            }
            Start-OwaPool $pool
            $global:LASTEXITCODE = 0
            Complete-Mutation
            return "`"$script:OwaPool`" successfully recycled"
        }
    }
    $global:LASTEXITCODE = 13
    "ERROR ( message:Unknown command: $words )"
}

# Of the module NetTCPIP, from Windows Server 2012 R2 on (cmdlet page). Without a name or an answer it warns, and what it
# returns says so; RemoteAddress is empty where the name has no address. A Lync pool answers on 5061 only.
function Test-NetConnection {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string]$ComputerName, [int]$Port)
    Send-FileChange
    $pools = @($script:Farm.lync.pools)
    $number = @($pools | ForEach-Object { $_.fqdn }).IndexOf($ComputerName)
    $address = if ($number -ge 0 -and -not $pools[$number].unresolved) { [System.Net.IPAddress]::Parse("192.0.2.$(10 + $number)") }
    $open = $null -ne $address -and $Port -eq 5061 -and -not $pools[$number].portClosed
    if ($null -eq $address) { Write-Warning "Name resolution of $ComputerName failed" } elseif (-not $open) { Write-Warning "TCP connect to (${address} : $Port) failed" }
    New-Object PSObject -Property @{ ComputerName = $ComputerName; RemoteAddress = $address; RemotePort = $Port; InterfaceAlias = 'Ethernet'; PingSucceeded = $null -ne $address; TcpTestSucceeded = $open }
}

# Of the module WebAdministration, where Exchange 2016 and later have it. It knows neither -WhatIf nor -Confirm.
function Restart-WebAppPool {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)] [string]$Name)
    Send-FileChange
    $pool = (Get-Machine).appPool
    if ($Name -ne $script:OwaPool) { Stop-Cmdlet $PSCmdlet "Cannot find the application pool '$Name'." }
    if ($pool.state -ne 'Started') { Stop-Cmdlet $PSCmdlet "The application pool '$Name' is not started." }
    if (-not (Send-Attempt 'cmdlet' 'Restart-WebAppPool' "$Name on $($script:Session.host)" @{})) { Stop-Cmdlet $PSCmdlet "The application pool '$Name' could not be restarted." }
    Start-OwaPool $pool
    Complete-Mutation
}

function Get-WebAppPoolState {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)] [string]$Name)
    Send-FileChange
    if ($Name -ne $script:OwaPool) { Stop-Cmdlet $PSCmdlet "Cannot find the application pool '$Name'." }
    New-Object PSObject -Property @{ Value = (Get-Machine).appPool.state }
}

# A new process of OWA: it reads the settings anew, and forgets whether it had initialised instant messaging.
function Start-OwaPool {
    param($Pool)
    $Pool.serverName = ''
    $Pool.thumbprint = ''
    $server = Find-Object $script:Farm.exchange.servers 'fqdn' $script:Session.host
    if ($server.version -like 'Version 15.0 *') { Read-WebConfigSetting $Pool } else { Read-OverrideSetting $Pool (Get-Machine) }
    $Pool.recycledAt = $script:Farm.clock
    $Pool.initialised = $false
}

# What OWA of Exchange 2013 reads when its pool starts: the two keys as web.config has them at that moment.
function Read-WebConfigSetting {
    param($Pool)
    $document = New-Object System.Xml.XmlDocument
    try { $document.Load($script:Session.webConfig) } catch { $Pool.state = 'Stopped'; return }
    foreach ($node in $document.SelectNodes('/configuration/appSettings/add')) {
        if ($node.GetAttribute('key') -eq 'IMServerName') { $Pool.serverName = $node.GetAttribute('value') }
        if ($node.GetAttribute('key') -eq 'IMCertificateThumbprint') { $Pool.thumbprint = $node.GetAttribute('value') }
    }
}
