# ---- lync: what can be seen of the Lync topology --------------------------------------------------------------

# Reads the Lync topology once: sites, pools, trusted application pools with all that is in them, and the pools of each computer.
function Get-LyncState {
    [CmdletBinding()] [OutputType([hashtable])] param()
    # Names in lower case, as lyncowa writes them: a Turkish shell takes I and i for different letters.
    $state = @{ Site = @(Get-CsSite -ErrorAction Stop); Pool = @{}; Trusted = @{}; Home = @{} }
    foreach ($pool in @(Get-CsPool -ErrorAction Stop)) { $state.Pool["$($pool.Fqdn)".ToLowerInvariant()] = $pool }
    foreach ($computer in @(Get-CsComputer -ErrorAction Stop)) { $state.Home["$($computer.Fqdn)".ToLowerInvariant()] += @("$($computer.Pool)".ToLowerInvariant()) }
    # Read back, a pool's Identity is TrustedApplicationPool:<fqdn>, PoolFqdn is its name, and SiteId is the identity of its site
    # (Microsoft's page New-CsTrustedApplicationPool).
    foreach ($pool in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) {
        $state.Trusted["$($pool.PoolFqdn)".ToLowerInvariant()] = @{
            Exists = $true; Registrar = (Get-BareName -Identity $pool.Registrar); Site = [string]$pool.SiteId; SiteId = (Get-SiteId -State $state -Identity $pool.SiteId)
            RequiresReplication = [bool]$pool.RequiresReplication; ThrottleAsServer = [bool]$pool.ThrottleAsServer
            TreatAsAuthenticated = [bool]$pool.TreatAsAuthenticated; OutboundOnly = [bool]$pool.OutboundOnly; Computers = @(); Applications = @()
            Ports = (Get-PoolPort -Pool $pool); Unrestorable = @(if ("$(Get-PropertyValue -Subject $pool -Name 'FileStore')" -ne '') { "the file store $($pool.FileStore)" })
        }
    }
    foreach ($computer in @(Get-CsTrustedApplicationComputer -ErrorAction Stop)) {
        (Get-TrustedPool -State $state -Fqdn "$($computer.Pool)").Computers += "$($computer.Fqdn)".ToLowerInvariant()
    }
    foreach ($application in @(Get-CsTrustedApplication -ErrorAction Stop)) {
        (Get-TrustedPool -State $state -Fqdn "$($application.TrustedApplicationPoolFqdn)").Applications += @{
            Id = (Get-BareName -Identity $application.ApplicationId); Port = [int]$application.Port; Identity = [string]$application.Identity
            Protocol = "$(Get-PropertyValue -Subject $application -Name 'Protocol')"; LegacyName = "$(Get-PropertyValue -Subject $application -Name 'LegacyApplicationName')"
        }
    }
    $state
}

# Returns the name in an identity such as Registrar:<fqdn>, site:<name> or urn:application:<id>, whose letter case Lync may change.
function Get-BareName {
    [CmdletBinding()] param([string]$Identity)
    $Identity -replace '^.*:', ''
}

# Returns the media ports of a pool that are set: parameter of New-CsTrustedApplicationPool -> value.
function Get-PoolPort {
    [CmdletBinding()] [OutputType([hashtable])] param($Pool)
    $ports = @{}
    foreach ($name in @('AppSharingPortStart', 'AppSharingPortCount', 'AudioPortStart', 'AudioPortCount', 'VideoPortStart', 'VideoPortCount')) {
        $value = Get-PropertyValue -Subject $Pool -Name $name
        if ("$value" -ne '' -and [int]$value -gt 0) { $ports[$name] = [int]$value }
    }
    $ports
}

# Returns the media ports of a captured pool as Name and Value; none in evidence of lyncowa 0.1.0.
function Get-CapturedPort {
    [CmdletBinding()] param($Captured)
    $ports = Get-PropertyValue -Subject $Captured -Name 'Ports'
    if ($null -ne $ports) { $ports.PSObject.Properties | Where-Object { $_.MemberType -eq 'NoteProperty' } }
}

# Returns the SiteId of the site with that identity, or an empty string. A trusted application pool shows the identity
# (Site:Redmond1), and New-CsTrustedApplicationPool wants the SiteId (1).
function Get-SiteId {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$State, [string]$Identity)
    $name = Get-BareName -Identity $Identity
    foreach ($site in $State.Site) { if ($name -eq (Get-BareName -Identity $site.Identity)) { return [string]$site.SiteId } }
    ''
}

# Returns what the topology holds of a trusted application pool; Exists = $false where it has none of that name.
function Get-TrustedPool {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$State, [string]$Fqdn)
    $name = $Fqdn.ToLowerInvariant()
    if ($State.Trusted.ContainsKey($name)) { $State.Trusted[$name] } else { @{ Exists = $false; Computers = @(); Applications = @() } }
}

# Tells whether the topology holds a trusted application pool now, or a computer or an application of it.
function Test-Trusted {
    [CmdletBinding()] [OutputType([bool])] param([string]$Pool, [string]$Computer = '', [string]$Id = '')
    $names = if ($Computer -ne '') {
        foreach ($one in @(Get-CsTrustedApplicationComputer -ErrorAction Stop)) { '{0} {1}' -f $one.Pool, $one.Fqdn }
    } elseif ($Id -ne '') {
        foreach ($one in @(Get-CsTrustedApplication -ErrorAction Stop)) { '{0} {1}' -f $one.TrustedApplicationPoolFqdn, (Get-BareName -Identity $one.ApplicationId) }
    } else {
        foreach ($one in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) { "$($one.PoolFqdn) " }
    }
    @($names) -contains "$Pool $Computer$Id"
}

# Returns the computers of a planned pool; a pool that is made without any is its own one computer.
function Get-PlannedComputer {
    [CmdletBinding()] param([hashtable]$Pool)
    if ($Pool.Computers.Count -eq 0) { $Pool.Fqdn } else { $Pool.Computers }
}

# Returns the other pools of a computer.
function Get-OtherPool {
    [CmdletBinding()] param([hashtable]$State, [string]$Computer, [string]$Pool)
    foreach ($one in @(if ($State.Home.ContainsKey($Computer)) { $State.Home[$Computer] })) { if ($one -ne $Pool) { $one } }
}

# Tells whether a pool has a service; Get-CsPool lists them as <service>:<fqdn>.
function Test-PoolService {
    [CmdletBinding()] [OutputType([bool])] param([hashtable]$State, [string]$Pool, [string]$Service)
    $services = @(if ($State.Pool.ContainsKey($Pool)) { $State.Pool[$Pool].Services | ForEach-Object { "$_".Split(':')[0] } })
    $services -contains $Service
}

# Checks that the SiteId of the topology is one, and names the one that was meant.
function Test-Site {
    [CmdletBinding()] param([hashtable]$State, [string]$SiteId)
    $name = Get-BareName -Identity $SiteId
    $exact = @($State.Site | Where-Object { $SiteId -eq $_.SiteId })
    $meant = @($State.Site | Where-Object { $SiteId -eq $_.DisplayName -or $name -eq (Get-BareName -Identity $_.Identity) })
    $bad = "there is no site with this SiteId; correct siteId in the topology. The SiteIds are: $(@($State.Site | ForEach-Object { '{0} ({1})' -f $_.SiteId, $_.DisplayName }) -join ', ')"
    if ($meant.Count -eq 1) { $bad = "is the display name or the identity of a site, not its SiteId; write siteId: $($meant[0].SiteId) in the topology and have the new bundle approved" }
    Get-Check -Passed ($exact.Count -eq 1) -Subject "site $SiteId" -Good "is the SiteId of $(@($exact | ForEach-Object { $_.DisplayName }) -join ', ')" -Bad $bad
}

# Checks that each registrar is a Lync pool with a Registrar service, then the replication. -Advice makes late replicas a warning.
function Test-Registrar {
    [CmdletBinding()] param([hashtable]$State, [string[]]$Registrar, [switch]$Advice)
    $pools = @()
    foreach ($fqdn in $Registrar) {
        $is = Test-PoolService -State $State -Pool $fqdn -Service 'Registrar'
        if ($is) { $pools += $fqdn }
        Get-Check -Passed $is -Subject "registrar $fqdn" -Good 'is a Lync pool with a Registrar service' -Bad 'is not a Lync pool with a Registrar service; see Get-CsPool and correct registrar in the topology'
    }
    if ($pools.Count -gt 0) { Test-Replication -State $State -Registrar $pools -DeadlineSeconds 300 -Advice:$Advice }
}

# Returns the computers whose replica is not up to date. The change needs each registrar pool and the Central Management Store,
# and a pool works while one of its computers is up to date: Blocking are the computers of a needed pool that has none, Near the
# late ones of the other needed pools, Far the rest of the deployment. Trusted application computers have no replica.
function Get-LateReplica {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$State, [string[]]$Registrar)
    $current = @{}
    foreach ($replica in @(Get-CsManagementStoreReplicationStatus -ErrorAction Stop)) { $current["$($replica.ReplicaFqdn)".ToLowerInvariant()] = [bool]$replica.UpToDate }
    # Two paired pools can both hold the Central Management Store; one of them serves.
    $needed = @{ 'Central Management Store' = @($State.Pool.Keys | Where-Object { Test-PoolService -State $State -Pool $_ -Service 'CentralManagement' }) }
    foreach ($fqdn in $Registrar) { $needed[$fqdn] = @($fqdn) }
    $late = @{ Blocking = @(); Near = @(); Far = @() }
    $known = @($State.Trusted.Values | ForEach-Object { $_.Computers })
    foreach ($name in @($needed.Keys | Sort-Object)) {
        $computers = @($needed[$name] | ForEach-Object { $State.Pool[$_].Computers } | ForEach-Object { "$_".ToLowerInvariant() })
        $behind = @($computers | Where-Object { -not ($current.ContainsKey($_) -and $current[$_]) })
        $late[$(if ($behind.Count -eq $computers.Count) { 'Blocking' } else { 'Near' })] += $behind
        $known += $computers
    }
    $late.Blocking = @($late.Blocking | Select-Object -Unique)
    $late.Near = @($late.Near | Where-Object { $late.Blocking -notcontains $_ } | Select-Object -Unique)
    $late.Far = @($current.Keys | Where-Object { -not $current[$_] -and $known -notcontains $_ } | Sort-Object)
    $late
}

# Checks the replicas. It waits for them first, because they are busy after every change of the topology, also after an earlier
# step of this change: until the deadline for the blocking ones, two minutes for the near ones.
function Test-Replication {
    [CmdletBinding()] param([hashtable]$State, [string[]]$Registrar, [int]$DeadlineSeconds, [switch]$Advice)
    $begin = Get-Date
    while ($true) {
        $late = Get-LateReplica -State $State -Registrar $Registrar
        $seconds = if ($late.Blocking.Count -gt 0) { $DeadlineSeconds } elseif ($late.Near.Count -gt 0) { 120 } else { 0 }
        if ((Get-Date) -ge $begin.AddSeconds($seconds)) { break }
        Wait-Moment -For "replication to $((@($late.Blocking) + @($late.Near)) -join ', ')" -Until $begin.AddSeconds($seconds)
    }
    Get-Check -Passed ($late.Blocking.Count -eq 0) -Advice:$Advice -Subject "replication to $($Registrar -join ', ')" -Good 'up to date' -Bad "after $DeadlineSeconds seconds the replicas are not up to date on $($late.Blocking -join ', '), and this change needs them; see Get-CsManagementStoreReplicationStatus and repair that"
    $others = @($late.Near) + @($late.Far)
    if ($others.Count -gt 0) { Get-Result -Status 'WARNING' -Subject 'replication' -Text "not up to date on $($others -join ', '); this change goes on without, and these computers take it over when they replicate again (see Get-CsManagementStoreReplicationStatus)" }
}

# Refuses to enable the topology where the step that changes it (-Made) has left no record, so that nothing says what waits. Under
# -WhatIf that step may not have run yet, so the enabling counts as due.
function Assert-TopologyChange {
    [CmdletBinding()] param([int]$Made = 40, [switch]$Anyway)
    if ($Anyway -or (Test-BeforeState -Stem "$Made-trusted-application")) { return }
    if (-not $script:Step.WhatIf) { throw "step $Made has left no record here. If another computer ran it, run this script there; otherwise run step $Made here first, with the same -EvidencePath. To enable the topology without, use -EnableAnyway" }
    Add-Mark -Name 'enable-topology'
}

# Returns the path of the next report of Enable-CsTopology among the evidence. Each run writes a new file.
function Get-ReportPath {
    [CmdletBinding()] param()
    $number = 1
    while (Test-Path -LiteralPath (Get-EvidencePath -Name "$($script:Step.Stem).report-$number.html")) { $number++ }
    Get-EvidencePath -Name "$($script:Step.Stem).report-$number.html"
}

# Publishes the topology if this change has made that due, or with -Anyway, then waits for replication. Past the deadline the step
# ends with exit 3. Enable-CsTopology publishes whatever anybody has waiting (Microsoft's page), so without need it stays undone.
function Invoke-TopologyEnabling {
    [CmdletBinding()] param([hashtable]$State, [string[]]$Registrar, [scriptblock]$Change, [switch]$Anyway)
    if ($Anyway) { Add-Mark -Name 'enable-topology' }
    if (Test-Mark -Name 'enable-topology') {
        Write-Line -Status 'WARNING' -Text 'Enable-CsTopology publishes every topology change that anybody has waiting, not only this one'
        $report = Get-ReportPath
        Invoke-FollowUp -Mark 'enable-topology' -Target 'Lync topology' -Action 'enable' -Change $Change
        if (Test-Path -LiteralPath $report) { Write-Line -Status 'OK' -Text "the report of Enable-CsTopology is kept: $report" }
    } else {
        Write-Line -Status 'OK' -Text 'Lync topology: nothing of this change waits to be enabled, so it is not enabled; to publish what other people have waiting, run this script with -EnableAnyway'
        # Whether the topology was ever enabled after what is there was made, nobody can read.
        if ($script:Step.Kind -eq 'change' -and $null -eq (Get-FollowUpTime -Mark 'enable-topology')) { Get-Result -Status 'NOT SEEN' -Subject 'Lync topology' -Text 'go/no-go: this computer has changed nothing and enabled nothing. If another computer made what is there, was the topology enabled after that? If not, run this script there, or here with -EnableAnyway' | Assert-Check }
    }
    if ($script:Step.WhatIf) { return }
    # Right after enabling, the old status is still reported.
    if ($script:Step.Changed.Count -gt 0) { Start-Sleep -Seconds 10 }
    Test-Replication -State $State -Registrar $Registrar -DeadlineSeconds 900 | ForEach-Object {
        if ($_.Status -eq 'FAILED') {
            $script:Step.Late = $true
            throw "$($_.Text), then run this script again: it goes on waiting"
        }
        Write-Line -Status $_.Status -Text $_.Text
    }
}

# Checks that a planned trusted application pool can be created, or exists as planned or half-finished.
function Test-PlannedPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    Test-Site -State $State -SiteId $Pool.Site
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    if ($existing.Exists) {
        Test-ExistingPool -Existing $existing -Pool $Pool
    } else {
        # Microsoft's page New-CsTrustedApplicationPool: for the FQDN of an existing pool the cmdlet adds a service to that pool.
        Get-Check -Passed (-not $State.Pool.ContainsKey($Pool.Fqdn)) -Subject "trusted application pool $($Pool.Fqdn)" -Good 'the name is free' -Bad 'this FQDN is a Lync pool with other services, and New-CsTrustedApplicationPool would add a service to it; choose the OWA FQDN'
    }
    $new = @(Get-PlannedComputer -Pool $Pool | Where-Object { $existing.Computers -notcontains $_ })
    foreach ($computer in $new) {
        $others = @(Get-OtherPool -State $State -Computer $computer -Pool $Pool.Fqdn)
        Get-Check -Passed ($others.Count -eq 0) -Subject "computer $computer" -Good 'is in no other pool' -Bad "is already in the pool $($others -join ', '); a computer belongs to one pool"
    }
    if ($new.Count -gt 0) { Test-Discovery -Name $new }
}

# Checks an existing trusted application pool: registrar, site, room for its computers, no foreign application, the port.
function Test-ExistingPool {
    [CmdletBinding()] param([hashtable]$Existing, [hashtable]$Pool)
    $subject = "trusted application pool $($Pool.Fqdn)"
    Get-Check -Passed ($Existing.Registrar -eq $Pool.Registrar) -Subject $subject -Good "has the registrar $($Existing.Registrar)" -Bad "has the registrar '$($Existing.Registrar)', not $($Pool.Registrar); a pool cannot be moved: remove it in a change of its own, or correct registrar"
    Get-Check -Passed ($Existing.SiteId -eq $Pool.Site) -Subject $subject -Good "is in the site with SiteId $($Existing.SiteId)" -Bad "is in the site with SiteId '$($Existing.SiteId)' ($($Existing.Site)), not $($Pool.Site); a pool cannot be moved: remove it in a change of its own, or correct siteId"
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $Existing.Computers -notcontains $_ })
    if ($Pool.Computers.Count -eq 0) {
        Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good 'is its own one computer' -Bad "was made with -ComputerFqdn ($($Existing.Computers -join ', ')), so it can never be its own computer; name its computers in trustedComputers, or remove the pool in a change of its own"
    } else {
        $closed = $absent.Count -gt 0 -and $Existing.Computers -contains $Pool.Fqdn
        Get-Check -Passed (-not $closed) -Subject $subject -Good 'has room for its computers' -Bad "was made without -ComputerFqdn, so it is its own one computer and no other can be added ($($absent -join ', ')); remove the pool in a change of its own, or write trustedComputers: []"
    }
    # The port of a trusted application is unique within its pool; OWA itself listens on another (Microsoft's page New-CsTrustedApplication).
    $foreign = @($Existing.Applications | Where-Object { $_.Id -ne $Pool.ApplicationId } | ForEach-Object { "$($_.Id) with the port $($_.Port)" })
    Get-Check -Passed ($foreign.Count -eq 0) -Subject $subject -Good 'holds no foreign application' -Bad "holds an application that is not this change's: $($foreign -join ', '); find its owner first"
    foreach ($own in @($Existing.Applications | Where-Object { $_.Id -eq $Pool.ApplicationId })) {
        Get-Check -Passed ($own.Port -eq $Pool.Port) -Subject "trusted application $($own.Id)" -Good "has the port $($Pool.Port)" -Bad "exists with the port $($own.Port), not $($Pool.Port); correct port, or remove the application in a change of its own"
    }
}

# Checks that a pool that gets more computers is there as the earlier topology says. Before are its computers; none for a new pool.
function Test-GrowingPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    if ($Pool.Before.Count -eq 0) { return }
    $subject = "trusted application pool $($Pool.Fqdn)"
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    $absent = @($Pool.Before | Where-Object { $existing.Computers -notcontains $_ })
    $own = @($existing.Applications | Where-Object { $_.Id -eq $Pool.ApplicationId -and $_.Port -eq $Pool.Port })
    $bad = 'it is not as the earlier topology says, so there is nothing to add to; run the change integrate instead'
    Get-Check -Passed $existing.Exists -Subject $subject -Good 'is there' -Bad "does not exist: $bad"
    if (-not $existing.Exists) { return }
    Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good "has its earlier computers ($($Pool.Before -join ', '))" -Bad "lacks its earlier computers $($absent -join ', '): $bad"
    Get-Check -Passed ($own.Count -eq 1) -Subject $subject -Good "has the application $($Pool.ApplicationId) with the port $($Pool.Port)" -Bad "lacks the application $($Pool.ApplicationId) with the port $($Pool.Port): $bad"
}

# Checks that a planned pool is there with its computers and its application. -Advice makes failures warnings.
function Test-FinishedPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool, [switch]$Advice)
    $subject = "trusted application pool $($Pool.Fqdn)"
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    Get-Check -Passed $existing.Exists -Advice:$Advice -Subject $subject -Good 'exists' -Bad 'does not exist; run step 40'
    if (-not $existing.Exists) { return }
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $existing.Computers -notcontains $_ })
    Get-Check -Passed ($absent.Count -eq 0) -Advice:$Advice -Subject $subject -Good 'has its computers' -Bad "lacks $($absent -join ', '); run step 40 again"
    $own = @($existing.Applications | Where-Object { $_.Id -eq $Pool.ApplicationId -and $_.Port -eq $Pool.Port })
    Get-Check -Passed ($own.Count -eq 1) -Advice:$Advice -Subject $subject -Good "has the application $($Pool.ApplicationId) with the port $($Pool.Port)" -Bad "lacks the application $($Pool.ApplicationId) with the port $($Pool.Port); run step 40 again"
}

# Checks that nothing was entered by hand for servers that Lync discovers. -Advice makes failures warnings.
function Test-DiscoveredPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool, [switch]$Advice)
    $manual = @($State.Trusted.Keys) + @($State.Trusted.Values | ForEach-Object { $_.Computers })
    foreach ($name in @(@($Pool.Fqdn) + $Pool.Servers | Select-Object -Unique)) {
        Get-Check -Passed ($manual -notcontains $name) -Advice:$Advice -Subject "colocated server $name" -Good 'has no trusted application pool or computer' -Bad 'has a trusted application pool or computer beside its discovered entry, and a double entry stops OWA integration; remove the manual one in a change of its own (remove-duplicate)'
    }
}

# Checks that a manual entry for discovered servers can go, and can come back.
function Test-DuplicatePool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    foreach ($server in $Pool.Servers) {
        $others = @($State.Trusted.GetEnumerator() | Where-Object { $_.Key -ne $Pool.Fqdn -and $_.Value.Computers -contains $server } | ForEach-Object { $_.Key })
        Get-Check -Passed ($others.Count -eq 0) -Subject "server $server" -Good 'has no manual entry in another trusted application pool' -Bad "has a manual entry in $($others -join ', ') too, which this change does not remove; describe that pool as an OWA pool of its own"
    }
    Test-RemovablePool -State $State -Pool $Pool
    if ((Get-TrustedPool -State $State -Fqdn $Pool.Fqdn).Exists) { Test-Discovery -Name $Pool.Servers -Wanted }
}

# Checks that a trusted application pool can go, and can come back.
function Test-RemovablePool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    $subject = "trusted application pool $($Pool.Fqdn)"
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    if (-not $existing.Exists) {
        Get-Result -Status 'OK' -Subject $subject -Text 'does not exist: there is nothing to remove'
        return
    }
    # Microsoft's page New-CsTrustedApplicationPool: a pool without a registrar cannot be removed.
    Get-Check -Passed ($existing.Registrar -ne '') -Subject $subject -Good 'has a registrar' -Bad 'has no registrar, and Lync cannot remove a pool without one; give it one first (Set-CsTrustedApplicationPool)'
    Get-Check -Passed ($existing.SiteId -ne '') -Subject $subject -Good "is in the site with SiteId $($existing.SiteId)" -Bad "is in the site '$($existing.Site)', which Get-CsSite does not list: the pool could not be created again; find out why first"
    # New-CsTrustedApplicationPool and New-CsTrustedApplication do not bring back everything (Microsoft's pages of both). OWA uses none of it.
    $lost = @($existing.Unrestorable) + @(foreach ($one in $existing.Applications) {
            if (@('', 'Mtls') -notcontains $one.Protocol) { "the protocol $($one.Protocol) of $($one.Id)" }
            if (@('', $one.Id) -notcontains (Get-BareName -Identity $one.LegacyName)) { "the legacy name $($one.LegacyName) of $($one.Id)" }
        })
    Get-Check -Passed ($lost.Count -eq 0) -Subject $subject -Good 'could be created again as it is' -Bad "could not be created again as it is: $($lost -join ', ') would be lost. Integration never sets that; find its owner first"
    Test-PoolRemoval -State $State -Fqdn $Pool.Fqdn -Application $Pool.ApplicationId -Computer (@($Pool.Fqdn) + $Pool.Servers) -Whole
}

# Checks that a trusted application pool is gone. -Advice makes a failure a warning.
function Test-RemovedPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool, [switch]$Advice)
    Get-Check -Passed (-not (Get-TrustedPool -State $State -Fqdn $Pool.Fqdn).Exists) -Advice:$Advice -Subject "trusted application pool $($Pool.Fqdn)" -Good 'is removed' -Bad 'still exists; run the step that removes it again'
}

# Returns the SiteId in a captured pool. Evidence of lyncowa 0.1.0 holds the identity of the site instead.
function Get-CapturedSiteId {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$State, $Captured)
    $siteId = [string](Get-PropertyValue -Subject $Captured -Name 'SiteId')
    if ($siteId -ne '') { $siteId } else { Get-SiteId -State $State -Identity $Captured.Site }
}

# Checks that a captured pool can be created again.
function Test-CapturedPool {
    [CmdletBinding()] param([hashtable]$State, [string]$Fqdn, $Captured)
    $subject = "captured pool $Fqdn"
    $siteId = Get-CapturedSiteId -State $State -Captured $Captured
    $registrar = [string]$Captured.Registrar
    Get-Check -Passed (@($State.Site | Where-Object { $siteId -ne '' -and $siteId -eq $_.SiteId }).Count -eq 1) -Subject $subject -Good "its site $siteId exists" -Bad "its site '$siteId' does not exist any more (see Get-CsSite), so the pool cannot be created again; create it by hand as the change record says"
    Get-Check -Passed (Test-PoolService -State $State -Pool $registrar -Service 'Registrar') -Subject $subject -Good "its registrar $registrar exists" -Bad "its registrar '$registrar' does not exist any more (see Get-CsPool), so the pool cannot be created again; create it by hand as the change record says"
    if ($State.Trusted.ContainsKey($Fqdn)) { return }
    Get-Check -Passed (-not $State.Pool.ContainsKey($Fqdn)) -Subject $subject -Good 'its name is free' -Bad 'its name is now a Lync pool with other services; find out why first'
    foreach ($computer in @($Captured.Computers)) {
        $others = @(Get-OtherPool -State $State -Computer $computer -Pool $Fqdn)
        Get-Check -Passed ($others.Count -eq 0) -Subject $subject -Good "its computer $computer is in no other pool" -Bad "its computer $computer is now in the pool $($others -join ', '); find out why first"
    }
}

# Checks that what is to be removed belongs to this change: Lync removes the endpoints of an application and everything in a pool
# with it. -Whole: the pool goes too. Lync does not remove the only computer of a pool by itself (Microsoft's page
# Remove-CsTrustedApplicationComputer).
function Test-PoolRemoval {
    [CmdletBinding()] param([hashtable]$State, [string]$Fqdn, [string]$Application, [string[]]$Computer = @(), [switch]$Whole)
    $existing = Get-TrustedPool -State $State -Fqdn $Fqdn
    if (-not $existing.Exists) { return }
    $subject = "trusted application pool $Fqdn"
    $foreign = @(Get-CsTrustedApplicationEndpoint -TrustedApplicationPoolFqdn $Fqdn -ErrorAction Stop | ForEach-Object { "endpoint $($_.SipAddress)" })
    $left = @($existing.Computers | Where-Object { $Computer -notcontains $_ })
    if ($Whole) {
        foreach ($one in $existing.Applications) { if ($one.Id -ne $Application) { $foreign += "application $($one.Id)" } }
        foreach ($one in $left) { $foreign += "computer $one" }
    } elseif ($Computer.Count -gt 0) {
        Get-Check -Passed ($left.Count -gt 0) -Subject $subject -Good 'keeps a computer' -Bad "would lose its last computer ($($Computer -join ', ')), which Lync refuses; remove the pool by hand, or add another computer first"
    }
    Get-Check -Passed ($foreign.Count -eq 0) -Subject $subject -Good 'holds nothing that is not this change''s' -Bad "holds what is not this change's: $($foreign -join ', '); it would be removed too: find its owner first"
    foreach ($name in @($existing.Computers | Where-Object { $Computer -contains $_ })) {
        $others = @(Get-OtherPool -State $State -Computer $name -Pool $Fqdn)
        Get-Check -Passed ($others.Count -eq 0) -Subject "computer $name" -Good 'serves no other pool' -Bad "serves the pool $($others -join ', ') too; find out why before it is removed here"
    }
}

# Saves the topology and the whole configuration before the first change. The export holds secrets.
function Save-TopologySnapshot {
    [CmdletBinding()] param()
    if ($script:Step.WhatIf) { return }
    $export = Get-EvidencePath -Name "$($script:Step.Stem).configuration.zip"
    if (-not (Test-Path -LiteralPath $export -PathType Leaf)) {
        $topology = "$(Get-CsTopology -AsXml -ErrorAction Stop)"
        if ($null -eq ([xml]$topology).DocumentElement) { throw 'Get-CsTopology returned no topology' }
        Save-Evidence -Name "$($script:Step.Stem).topology.xml" -Byte ([Text.Encoding]::UTF8.GetBytes($topology))
        $partial = Get-EvidencePath -Name "$($script:Step.Stem).partial.zip"
        if (Test-Path -LiteralPath $partial) { Remove-Item -LiteralPath $partial }
        Export-CsConfiguration -FileName $partial -ErrorAction Stop
        Write-Event -Status 'EXPORT' -Text "$($script:Step.Stem).topology.xml: $(Get-SealedHash -Path (Get-EvidencePath -Name "$($script:Step.Stem).topology.xml"))"
        Write-Event -Status 'EXPORT' -Text "$($script:Step.Stem).configuration.zip: $(Get-SealedHash -Path $partial)"
        Move-Item -LiteralPath $partial -Destination $export
    }
    Write-Line -Status 'OK' -Text "topology snapshot and configuration export are saved; the export contains secrets, restrict access to it: $export"
}

# Returns the newest event 44024: the servers that Lync found in SipName dial plans when its service started. Only a Front End has it.
# What Lync found or lost since has other events, so it proves nothing about a name that is listed once one was removed from the
# known servers (14495), about a name that is not once one was added (14493), and about none once this change has enabled the
# topology (Microsoft's blog jenstr, "When to have a Lync Trusted Application Pool for Exchange OWA IM Integration?").
function Get-Discovery {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $newest = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Exchange Unified Messaging Routing'; Id = 44024 } -First 1)
    $text = if ($newest.Count -gt 0) { "$($newest[0].Message)".Trim() } else { '' }
    # Without its text (a missing message resource) the event says nothing.
    if ($text -eq '') { return @{ Visible = $false } }
    $enabled = Get-FollowUpTime -Mark 'enable-topology'
    $stale = @{}
    foreach ($id in @(14493, 14495)) {
        $times = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Protocol Stack'; Id = $id } -First 1 | ForEach-Object { $_.TimeCreated }) + @($enabled)
        $stale[$id] = @($times | Where-Object { $null -ne $_ -and $_ -gt $newest[0].TimeCreated }).Count -gt 0
    }
    @{ Visible = $true; Text = $text; Event = $newest[0]; Name = "event 44024 of $(Get-TimeText -Time $newest[0].TimeCreated)"; StaleIfListed = $stale[14495]; StaleIfNot = $stale[14493] }
}

# Checks in event 44024 whether Lync discovers names: it must not where they are in a trusted application pool, it must with -Wanted.
function Test-Discovery {
    [CmdletBinding()] param([string[]]$Name, [switch]$Wanted)
    $found = Get-Discovery
    if (-not $found.Visible) {
        $question = if ($Wanted) { 'name each of them? If not, stop: without the manual entry Lync does not know the server' } else { 'name one of them? If so, stop: a second entry stops OWA integration' }
        Get-Result -Status 'NOT SEEN' -Subject ($Name -join ', ') -Text "go/no-go: on a Front End, does the newest event 44024 of 'LS Exchange Unified Messaging Routing' $question"
        return
    }
    $later = 'The known servers have changed since, so that proves nothing; newer events of the same source do, or event 44024 after the next start of the Front End service'
    foreach ($one in $Name) {
        $subject = "server $one"
        $listed = Test-NameInText -Name $one -Text $found.Text
        if ($listed -eq [bool]$Wanted) {
            Get-Result -Status 'OK' -Subject $subject -Text "is $(if (-not $Wanted) { 'not ' })discovered by Lync ($($found.Name))"
        } elseif ($Wanted -and $found.StaleIfNot) {
            Get-Result -Status 'NOT SEEN' -Subject $subject -Text "go/no-go: does Lync discover it? $($found.Name) does not name it. ${later}. If it does not, Lync knows the server through the manual entry only"
        } elseif ($Wanted) {
            Get-Result -Status 'FAILED' -Subject $subject -Text "is not discovered by Lync ($($found.Name)), and without the manual entry Lync does not know it; check the UM services and the SipName dial plans"
        } elseif ($found.StaleIfListed) {
            Get-Result -Status 'WARNING' -Subject $subject -Text "was discovered by Lync at the start of its service ($($found.Name)). ${later}. If it is still in a SipName dial plan, take it out: a second entry stops OWA integration"
        } else {
            Get-Result -Status 'FAILED' -Subject $subject -Text "is discovered by Lync already ($($found.Name)), and a second entry stops OWA integration; write umColocated: true if both UM services run on it, or take it out of the SipName dial plans"
        }
    }
}

# Checks on a Front End whether Lync knows the servers (P14), and whether one of those in trusted application pools has a second
# entry (P2). The list of known servers is read when the service starts and when the topology changes, so it is advice.
function Test-KnownServer {
    [CmdletBinding()] param([string[]]$Trusted, [string[]]$Discovered)
    $names = @($Trusted) + @($Discovered)
    $newest = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Protocol Stack'; Id = 14492, 14493, 14495 })
    $found = Get-Discovery
    if ($found.Visible) {
        $newest = @(@($found.Event) + $newest | Sort-Object -Property TimeCreated -Descending)
        if ($Trusted.Count -gt 0) { Test-Discovery -Name $Trusted }
    }
    if ($newest.Count -eq 0) {
        Get-Result -Status 'NOT SEEN' -Subject 'known servers' -Text "go/no-go: on a Front End, do the events 14492/14493 of 'LS Protocol Stack' or 44024 of 'LS Exchange Unified Messaging Routing' name $($names -join ', '), and none of them twice?"
        return
    }
    foreach ($one in $names) {
        Get-Check -Passed (Test-KnownByEvent -Name $one -Newest $newest) -Advice -Subject "known server $one" -Good 'is on the known servers list of this Front End' -Bad "is not on the known servers list of this Front End yet (events 14492, 14493 and 44024, the newest of $(Get-TimeText -Time $newest[0].TimeCreated))"
    }
}

# Tells whether the events, newest first, say that a name is known: 14492 is a whole list, 14493 adds, 14495 removes, 44024 lists
# what was discovered.
function Test-KnownByEvent {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name, [object[]]$Newest)
    foreach ($entry in $Newest) {
        if (Test-NameInText -Name $Name -Text ([string]$entry.Message)) { return $entry.Id -ne 14495 }
        if ($entry.Id -eq 14492) { return $false }
    }
    $false
}

# Tells whether a text holds an FQDN as a whole name.
function Test-NameInText {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name, [string]$Text)
    [regex]::IsMatch($Text, '(?<![\w.-])' + [regex]::Escape($Name) + '(?![\w-])(?!\.\w)', 'IgnoreCase, CultureInvariant')
}

# Checks that the pilot users are enabled for Lync under their SIP addresses (P12).
function Test-PilotSipUser {
    [CmdletBinding()] param([hashtable[]]$Pilot)
    foreach ($one in $Pilot) {
        $enabled, $reason = $false, 'the account is disabled'
        try {
            $enabled = [bool](Get-CsUser -Identity "sip:$($one.Sip)" -ErrorAction Stop).Enabled
        } catch {
            $reason = $_.Exception.Message
        }
        Get-Check -Passed $enabled -Subject "pilot user $($one.Sip)" -Good 'is enabled for Lync' -Bad "is not enabled for Lync under this SIP address ($reason); enable the user, or write {mailbox: ..., sip: ...} in pilotUsers where the two addresses differ"
    }
}
