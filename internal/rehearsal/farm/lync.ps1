# Lync Server: sites, pools, trusted application pools, and the topology that Enable-CsTopology makes of them. The module
# is local, so objects come back live, with the identities that Lync uses: a pool that was made with -Site 1 shows the
# identity of that site, such as Site:Redmond1, as its SiteId (cmdlet page New-CsTrustedApplicationPool).

# A replica is behind for that long after every change of the topology, not only after it was enabled.
$script:ReplicationSeconds = 150

# A change of the topology in the Central Management Store, which every replica has to take over; one that is down never does.
function Complete-TopologyChange {
    foreach ($replica in $script:Farm.lync.replicas) { $replica.behindUntil = [Math]::Max($replica.behindUntil, $script:Farm.clock + $script:ReplicationSeconds) }
    Complete-Mutation
}

# The cmdlets warn about a name that no computer account has, as a load-balanced name never does; it is no error.
function Write-AccountWarning {
    param($Cmdlet, [string[]]$Computer)
    foreach ($name in $Computer) {
        if ($null -eq (Find-Object $script:Farm.hosts 'fqdn' $name)) { $Cmdlet.WriteWarning("The machine $name was not found in Active Directory.") }
    }
}

# The bare name in an identity such as 'TrustedApplicationPool:a.example'.
function Get-BareIdentity {
    param([string]$Identity)
    $Identity -replace '^(TrustedApplicationPool|Registrar|Service):', ''
}

# Every pool of the topology: those of Lync servers and the trusted ones.
function Get-TopologyPool {
    foreach ($pool in $script:Farm.lync.pools) {
        New-Object PSObject -Property @{ fqdn = $pool.fqdn; site = $pool.site; computers = @($pool.computers); services = @($pool.services | ForEach-Object { "${_}:$($pool.fqdn)" }) }
    }
    foreach ($pool in $script:Farm.lync.trusted) {
        New-Object PSObject -Property @{ fqdn = $pool.fqdn; site = $pool.site; computers = @($pool.computers); services = @("ExternalServer:$($pool.fqdn)") }
    }
}

function Write-AdminItemNotFound {
    param($Cmdlet, [string]$Identity)
    Write-CmdletError $Cmdlet 'AdminItemNotFound' "Cannot find the item `"$Identity`"."
}

# Objects by -Identity (an error when there is none), by a property, or all.
function Select-ByIdentity {
    param($Cmdlet, $Items, [string]$Property, $Identity)
    if (-not $Identity) { return $Items }
    $found = @($Items | Where-Object { $_.$Property -eq (Get-BareIdentity $Identity) })
    if ($found.Count -eq 0) { Write-AdminItemNotFound $Cmdlet $Identity }
    $found
}

$script:Behaviour['Get-CsServerVersion'] = { param($Bound, $Cmdlet) $script:Farm.lync.version }

$script:Behaviour['Get-CsSite'] = {
    param($Bound, $Cmdlet)
    foreach ($site in @(Select-ByIdentity $Cmdlet $script:Farm.lync.sites 'identity' $Bound['Identity'])) {
        New-Object PSObject -Property @{ Identity = $site.identity; SiteId = $site.siteId; DisplayName = $site.displayName; SiteType = 'CentralSite'; Description = $null }
    }
}

$script:Behaviour['Get-CsPool'] = {
    param($Bound, $Cmdlet)
    foreach ($pool in @(Select-ByIdentity $Cmdlet @(Get-TopologyPool) 'fqdn' $Bound['Identity'])) {
        $site = Find-Object $script:Farm.lync.sites 'identity' $pool.site
        if ($Bound['Site'] -and $site.displayName -ne $Bound['Site']) { continue }
        New-Object PSObject -Property @{ Identity = $pool.fqdn; Fqdn = $pool.fqdn; Services = $pool.services; Computers = $pool.computers; BackupPoolFqdn = $null; Site = $site.identity }
    }
}

$script:Behaviour['Get-CsComputer'] = {
    param($Bound, $Cmdlet)
    $computers = foreach ($pool in @(Get-TopologyPool)) {
        foreach ($name in $pool.computers) { New-Object PSObject -Property @{ Identity = $name; Pool = $pool.fqdn; Fqdn = $name } }
    }
    if ($Bound['Local']) { $computers = @($computers | Where-Object { $_.Fqdn -eq $script:Session.host }) }
    if ($Bound['Pool']) { $computers = @($computers | Where-Object { $_.Pool -eq $Bound['Pool'] }) }
    Select-ByIdentity $Cmdlet $computers 'Fqdn' $Bound['Identity']
}

# The media ports of a trusted pool (cmdlet page New-CsTrustedApplicationPool). Nobody's recorded pool shows their defaults: here 0.
$script:MediaPort = 'AppSharingPortStart', 'AppSharingPortCount', 'AudioPortStart', 'AudioPortCount', 'VideoPortStart', 'VideoPortCount'

function Get-MediaPort {
    param($Pool, [string]$Name)
    if ($null -ne $Pool.ports -and $null -ne $Pool.ports.PSObject.Properties[$Name]) { $Pool.ports.$Name } else { 0 }
}

$script:Behaviour['Get-CsTrustedApplicationPool'] = {
    param($Bound, $Cmdlet)
    foreach ($pool in @(Select-ByIdentity $Cmdlet $script:Farm.lync.trusted 'fqdn' $Bound['Identity'])) {
        if ($Bound['PoolFqdn'] -and $pool.fqdn -ne $Bound['PoolFqdn']) { continue }
        $site = Find-Object $script:Farm.lync.sites 'identity' $pool.site
        $shown = New-Object PSObject -Property @{
            Identity = "TrustedApplicationPool:$($pool.fqdn)"; PoolFqdn = $pool.fqdn; Registrar = "Registrar:$($pool.registrar)"; FileStore = $pool.fileStore
            SiteId = $site.identity; RequiresReplication = $pool.requiresReplication; ThrottleAsServer = $pool.throttleAsServer
            TreatAsAuthenticated = $pool.treatAsAuthenticated; OutboundOnly = $pool.outboundOnly; Role = 'TrustedApplicationPool'
            Applications = @($pool.applications | ForEach-Object { "urn:application:$($_.id)" }) }
        foreach ($name in $script:MediaPort) { $shown | Add-Member -MemberType NoteProperty -Name $name -Value ([int](Get-MediaPort $pool $name)) }
        $shown
    }
}

$script:Behaviour['Get-CsTrustedApplicationComputer'] = {
    param($Bound, $Cmdlet)
    $computers = foreach ($pool in $script:Farm.lync.trusted) {
        if ($Bound['Pool'] -and $pool.fqdn -ne $Bound['Pool']) { continue }
        foreach ($name in $pool.computers) { New-Object PSObject -Property @{ Identity = $name; Pool = $pool.fqdn; Fqdn = $name } }
    }
    Select-ByIdentity $Cmdlet $computers 'Fqdn' $Bound['Identity']
}

$script:Behaviour['Get-CsTrustedApplication'] = {
    param($Bound, $Cmdlet)
    $applications = foreach ($pool in $script:Farm.lync.trusted) {
        if ($Bound['TrustedApplicationPoolFqdn'] -and $pool.fqdn -ne $Bound['TrustedApplicationPoolFqdn']) { continue }
        foreach ($application in $pool.applications) {
            if ($Bound['ApplicationId'] -and $application.id -ne ($Bound['ApplicationId'] -replace '^urn:application:', '')) { continue }
            New-Object PSObject -Property @{
                Identity = "$($pool.fqdn)/urn:application:$($application.id)"; ApplicationId = "urn:application:$($application.id)"
                TrustedApplicationPoolFqdn = $pool.fqdn; Port = $application.port; Protocol = $(if ($application.enableTcp) { 'Tcp' } else { 'Mtls' })
                LegacyApplicationName = $(if ($application.legacy) { $application.legacy } else { $application.id })
                ServiceGruu = "sip:$($pool.fqdn)@$($script:Farm.lync.sipDomain);gruu;opaque=srvr:$($application.id):farm" }
        }
    }
    Select-ByIdentity $Cmdlet $applications 'Identity' $Bound['Identity']
}

# A computer belongs to one pool of the topology only.
function Stop-IfComputerIsTaken {
    param($Cmdlet, [string]$Computer)
    foreach ($pool in @(Get-TopologyPool)) {
        if ($pool.computers -contains $Computer) { Stop-Cmdlet $Cmdlet "The computer `"$Computer`" is already in the pool `"$($pool.fqdn)`"." }
    }
}

$script:Behaviour['New-CsTrustedApplicationPool'] = {
    param($Bound, $Cmdlet)
    $fqdn = Get-BareIdentity $Bound['Identity']
    if ($null -ne (Find-Object $script:Farm.lync.trusted 'fqdn' $fqdn)) { Stop-Cmdlet $Cmdlet "The trusted application pool `"$fqdn`" already exists." }
    $site = Find-Object $script:Farm.lync.sites 'siteId' $Bound['Site']
    if ($null -eq $site) { Stop-Cmdlet $Cmdlet "Cannot find the site `"$($Bound['Site'])`"." }
    $registrar = Get-BareIdentity $Bound['Registrar']
    if ($registrar) {
        $pool = Find-Object $script:Farm.lync.pools 'fqdn' $registrar
        if ($null -eq $pool -or $pool.services -notcontains 'Registrar') { Stop-Cmdlet $Cmdlet "Cannot find the registrar `"$registrar`"." }
    }
    # The pool's own name as -ComputerFqdn is the same as leaving it out (the cmdlet page's examples).
    $computer = if ($Bound['ComputerFqdn']) { $Bound['ComputerFqdn'] } else { $fqdn }
    Stop-IfComputerIsTaken $Cmdlet $computer
    if (-not (Start-Mutation $Cmdlet $fqdn $Bound @('Identity'))) { return }
    $ports = New-Object PSObject
    foreach ($name in $script:MediaPort) { if ($Bound[$name]) { $ports | Add-Member -MemberType NoteProperty -Name $name -Value ([int]$Bound[$name]) } }
    $script:Farm.lync.trusted = @($script:Farm.lync.trusted) + @(New-Object PSObject -Property @{
            ports = $ports; fileStore = ''
            fqdn = $fqdn; registrar = $registrar; site = $site.identity; computers = @($computer); applications = @(); endpoints = @()
            requiresReplication = Get-Default $Bound 'RequiresReplication' $true; throttleAsServer = Get-Default $Bound 'ThrottleAsServer' $true
            treatAsAuthenticated = Get-Default $Bound 'TreatAsAuthenticated' $true; outboundOnly = Get-Default $Bound 'OutboundOnly' $false })
    Write-AccountWarning $Cmdlet (@($fqdn, $computer) | Select-Object -Unique)
    Complete-TopologyChange
}

function Get-Default {
    param($Bound, [string]$Name, $Default)
    if ($Bound.ContainsKey($Name)) { $Bound[$Name] } else { $Default }
}

$script:Behaviour['New-CsTrustedApplicationComputer'] = {
    param($Bound, $Cmdlet)
    $name = Get-BareIdentity $Bound['Identity']
    $pool = Find-Object $script:Farm.lync.trusted 'fqdn' (Get-BareIdentity $Bound['Pool'])
    if ($null -eq $pool) { Stop-Cmdlet $Cmdlet "Cannot find the trusted application pool `"$($Bound['Pool'])`"." }
    if (@($pool.computers) -contains $pool.fqdn) { Stop-Cmdlet $Cmdlet "The pool `"$($pool.fqdn)`" was made for one computer of its own name; no other can be added." }
    Stop-IfComputerIsTaken $Cmdlet $name
    if (-not (Start-Mutation $Cmdlet $name $Bound @('Identity'))) { return }
    $pool.computers = @($pool.computers) + @($name)
    Write-AccountWarning $Cmdlet $name
    Complete-TopologyChange
}

$script:Behaviour['New-CsTrustedApplication'] = {
    param($Bound, $Cmdlet)
    if ($Bound['Identity']) { $fqdn, $id = $Bound['Identity'] -split '/', 2 } else { $fqdn = $Bound['TrustedApplicationPoolFqdn']; $id = $Bound['ApplicationId'] }
    $id = ([string]$id -replace '^urn:application:', '').ToLowerInvariant()
    $pool = Find-Object $script:Farm.lync.trusted 'fqdn' $fqdn
    if ($null -eq $pool) { Stop-Cmdlet $Cmdlet "Cannot find the trusted application pool `"$fqdn`"." }
    if ($null -ne (Find-Object $pool.applications 'id' $id)) { Stop-Cmdlet $Cmdlet "The application `"$id`" already exists in `"$fqdn`"." }
    if ($null -ne (Find-Object $pool.applications 'port' $Bound['Port'])) { Stop-Cmdlet $Cmdlet "The port $($Bound['Port']) is already used by another application of `"$fqdn`"." }
    if (-not (Start-Mutation $Cmdlet "$($pool.fqdn)/urn:application:$id" $Bound @('Identity', 'ApplicationId', 'TrustedApplicationPoolFqdn'))) { return }
    $pool.applications = @($pool.applications) + @(New-Object PSObject -Property @{ id = $id; port = $Bound['Port']; enableTcp = [bool]$Bound['EnableTcp']; legacy = [string]$Bound['LegacyApplicationName'] })
    Complete-TopologyChange
}

$script:Behaviour['Get-CsTrustedApplicationEndpoint'] = {
    param($Bound, $Cmdlet)
    foreach ($pool in $script:Farm.lync.trusted) {
        if ($Bound['TrustedApplicationPoolFqdn'] -and $pool.fqdn -ne $Bound['TrustedApplicationPoolFqdn']) { continue }
        foreach ($endpoint in $pool.endpoints) {
            if ($Bound['ApplicationId'] -and $endpoint.applicationId -ne ($Bound['ApplicationId'] -replace '^urn:application:', '')) { continue }
            New-Object PSObject -Property @{ Identity = $endpoint.address; SipAddress = "sip:$($endpoint.address)"; OwnerUrn = "urn:application:$($endpoint.applicationId)"; RegistrarPool = $pool.registrar }
        }
    }
}

# Removing a pool removes its computers, applications and endpoints too.
$script:Behaviour['Remove-CsTrustedApplicationPool'] = {
    param($Bound, $Cmdlet)
    $fqdn = Get-BareIdentity $Bound['Identity']
    if ($null -eq (Find-Object $script:Farm.lync.trusted 'fqdn' $fqdn)) { Write-AdminItemNotFound $Cmdlet $fqdn; return }
    if (-not (Start-Mutation $Cmdlet $fqdn $Bound @('Identity'))) { return }
    $script:Farm.lync.trusted = @($script:Farm.lync.trusted | Where-Object { $_.fqdn -ne $fqdn })
    Complete-TopologyChange
}

$script:Behaviour['Remove-CsTrustedApplicationComputer'] = {
    param($Bound, $Cmdlet)
    $name = Get-BareIdentity $Bound['Identity']
    $pool = $script:Farm.lync.trusted | Where-Object { @($_.computers) -contains $name } | Select-Object -First 1
    if ($null -eq $pool) { Write-AdminItemNotFound $Cmdlet $name; return }
    if (@($pool.computers).Count -eq 1) { Stop-Cmdlet $Cmdlet "`"$name`" is the last computer of `"$($pool.fqdn)`"." }
    if (-not (Start-Mutation $Cmdlet $name $Bound @('Identity'))) { return }
    $pool.computers = @($pool.computers | Where-Object { $_ -ne $name })
    Complete-TopologyChange
}

$script:Behaviour['Remove-CsTrustedApplication'] = {
    param($Bound, $Cmdlet)
    $fqdn, $id = [string]$Bound['Identity'] -split '/', 2
    $id = [string]$id -replace '^urn:application:', ''
    $pool = Find-Object $script:Farm.lync.trusted 'fqdn' $fqdn
    if ($null -eq $pool -or $null -eq (Find-Object $pool.applications 'id' $id)) { Write-AdminItemNotFound $Cmdlet $Bound['Identity']; return }
    if (-not (Start-Mutation $Cmdlet "$fqdn/urn:application:$id" $Bound @('Identity'))) { return }
    $pool.applications = @($pool.applications | Where-Object { $_.id -ne $id })
    Complete-TopologyChange
}

# Makes the topology as it stands the one that Lync lives by, and other people's pending changes with it.
$script:Behaviour['Enable-CsTopology'] = {
    param($Bound, $Cmdlet)
    if ($script:Session.remote) { Stop-Cmdlet $Cmdlet 'The topology cannot be enabled in a remote session.' }
    # The report is evidence, no change: a script keeps one, and overwrites none.
    if (-not $script:Session.person -and -not $Bound['Report']) { Stop-CarelessCall $Cmdlet 'Enable-CsTopology keeps no report: it is called without -Report' }
    if ($Bound['Report'] -and [IO.File]::Exists($Bound['Report'])) { Stop-CarelessCall $Cmdlet 'Enable-CsTopology would overwrite an earlier report' }
    if (-not (Start-Mutation $Cmdlet 'topology' $Bound @('Report'))) { return }
    $script:Farm.lync.enabled = @(Copy-State @($script:Farm.lync.trusted))
    Update-KnownServer
    Write-AccountWarning $Cmdlet @($script:Farm.lync.trusted | ForEach-Object { $_.computers })
    if ($Bound['Report']) { [IO.File]::WriteAllText($Bound['Report'], '<html><body>The topology was enabled.</body></html>') }
    Complete-TopologyChange
}

$script:Behaviour['Get-CsTopology'] = {
    param($Bound, $Cmdlet)
    $pools = foreach ($pool in @(Get-TopologyPool)) {
        $computers = @($pool.computers | ForEach-Object { '<Machine Fqdn="{0}" />' -f [Security.SecurityElement]::Escape($_) }) -join ''
        '<Cluster Fqdn="{0}" Site="{1}">{2}</Cluster>' -f [Security.SecurityElement]::Escape($pool.fqdn), [Security.SecurityElement]::Escape($pool.site), $computers
    }
    '<Topology xmlns="urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008">{0}</Topology>' -f ($pools -join '')
}

$script:Behaviour['Export-CsConfiguration'] = {
    param($Bound, $Cmdlet)
    [IO.File]::WriteAllText($Cmdlet.GetUnresolvedProviderPathFromPSPath($Bound['FileName']), (ConvertTo-Json -InputObject $script:Farm.lync.trusted -Depth 20))
}

$script:Behaviour['Get-CsManagementStoreReplicationStatus'] = {
    param($Bound, $Cmdlet)
    if ($Bound['CentralManagementStoreStatus']) {
        $now = Get-FarmTime $script:Farm.clock
        return New-Object PSObject -Property @{ LastUpdatedOn = $now; ActiveMasterFqdn = (Get-CentralPool).fqdn; ActiveMasterLastHeartbeat = $now
            ActiveFileTransferAgents = @((Get-CentralPool).fqdn); ActiveReplicas = @($script:Farm.lync.replicas | ForEach-Object { $_.fqdn }); DeletedReplicas = @() }
    }
    foreach ($replica in @(Select-ByIdentity $Cmdlet $script:Farm.lync.replicas 'fqdn' $Bound['ReplicaFqdn'])) {
        $at = Get-FarmTime ([Math]::Min($script:Farm.clock, $replica.behindUntil))
        New-Object PSObject -Property @{ ReplicaFqdn = $replica.fqdn; UpToDate = $script:Farm.clock -ge $replica.behindUntil; LastStatusReport = $at; LastUpdateCreation = $at; ProductVersion = '5.0.8308.0' }
    }
}

# The pool that holds the Central Management Store.
function Get-CentralPool { $script:Farm.lync.pools | Where-Object { @($_.services) -contains 'CentralManagement' } | Select-Object -First 1 }

$script:Behaviour['Get-CsUser'] = {
    param($Bound, $Cmdlet)
    $users = @($script:Farm.lync.users | ForEach-Object {
            New-Object PSObject -Property @{ Identity = "CN=$($_.name),OU=People,DC=farm,DC=example"; SipAddress = "sip:$($_.address)"; Enabled = $_.enabled; RegistrarPool = $_.registrarPool; DisplayName = $_.name; WindowsEmailAddress = $_.mailbox } })
    if (-not $Bound['Identity']) { return $users }
    $wanted = $Bound['Identity'] -replace '^sip:', ''
    $found = @($users | Where-Object { $_.SipAddress -eq "sip:$wanted" -or $_.Identity -eq $wanted -or $_.DisplayName -eq $wanted })
    if ($found.Count -eq 0) { Write-CmdletError $Cmdlet 'ManagementObjectNotFound' "Management object not found for identity `"$($Bound['Identity'])`"." }
    $found
}
