# ---- lync ---------------------------------------------------------------------------------------------------

function Get-LyncState {
    # .SYNOPSIS
    # Reads what the Lync topology holds, once, indexed by FQDN.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    # Names are kept in lower case, as the topology has them: a Turkish shell, for one, takes I and i for different letters.
    $state = @{ Site = @(Get-CsSite -ErrorAction Stop); Pool = @{}; Trusted = @{}; Home = @{}; Computer = @{}; Application = @{} }
    foreach ($pool in @(Get-CsPool -ErrorAction Stop)) { $state.Pool["$($pool.Fqdn)".ToLowerInvariant()] = $pool }
    # Read back, Identity is TrustedApplicationPool:<fqdn>; PoolFqdn is the name. An error must not look like an empty list.
    foreach ($pool in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) { $state.Trusted["$($pool.PoolFqdn)".ToLowerInvariant()] = $pool }
    foreach ($computer in @(Get-CsComputer -ErrorAction Stop)) { $state.Home["$($computer.Fqdn)".ToLowerInvariant()] = "$($computer.Pool)".ToLowerInvariant() }
    foreach ($computer in @(Get-CsTrustedApplicationComputer -ErrorAction Stop)) { $state.Computer["$($computer.Pool)".ToLowerInvariant()] += @("$($computer.Fqdn)".ToLowerInvariant()) }
    foreach ($application in @(Get-CsTrustedApplication -ErrorAction Stop)) { $state.Application["$($application.TrustedApplicationPoolFqdn)".ToLowerInvariant()] += @($application) }
    $state
}

function Get-ApplicationName {
    # .SYNOPSIS
    # Returns the bare id of a trusted application, which is stored as urn:application:<id>.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] $Application)
    ([string]$Application.ApplicationId) -replace '^.*:', ''
}

function Get-SiteId {
    # .SYNOPSIS
    # Returns the SiteId of the site with that identity, or an empty string. A pool shows the identity (Site:Redmond1) as its SiteId; New-CsTrustedApplicationPool wants the SiteId (1).
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Identity
    )
    $name = $Identity -replace '^site:', ''
    foreach ($site in $State.Site) { if ((([string]$site.Identity) -replace '^site:', '') -eq $name) { return [string]$site.SiteId } }
    ''
}

function Get-PlannedComputer {
    # .SYNOPSIS
    # Returns the computers of a planned pool; a pool made without any is its own one computer.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Pool)
    if ($Pool.Computers.Count -eq 0) { $Pool.Fqdn } else { $Pool.Computers }
}

function Test-Registrar {
    # .SYNOPSIS
    # Checks that each registrar is a Lync pool with a Registrar service and that its replicas are up to date; -Advice makes a late replica a warning.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [string[]]$Registrar,
        [switch]$Advice
    )
    foreach ($fqdn in $Registrar) {
        $services = @(if ($State.Pool.ContainsKey($fqdn)) { $State.Pool[$fqdn].Services })
        $isRegistrar = @($services | Where-Object { ([string]$_).StartsWith('Registrar:', [StringComparison]::OrdinalIgnoreCase) }).Count -gt 0
        Get-Check -Passed $isRegistrar -Subject "registrar $fqdn" -Good 'is a Lync pool with a Registrar service' -Bad 'is not a Lync pool with a Registrar service; see Get-CsPool and correct registrar in the topology'
        if ($isRegistrar) {
            $late = @(Get-LateReplica -Registrar $fqdn)
            Get-Check -Passed ($late.Count -eq 0) -Advice:$Advice -Subject "replication to $fqdn" -Good 'up to date' -Bad "not up to date on $($late -join ', '); see Get-CsManagementStoreReplicationStatus and mend it first"
        }
    }
}

function Get-LateReplica {
    # .SYNOPSIS
    # Returns the computers of a Lync pool whose replica is not up to date. Trusted application computers have none.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string[]]$Registrar)
    $status = @{}
    foreach ($replica in @(Get-CsManagementStoreReplicationStatus -ErrorAction Stop)) { $status[[string]$replica.ReplicaFqdn] = [bool]$replica.UpToDate }
    foreach ($fqdn in $Registrar) {
        foreach ($computer in @((Get-CsPool -Identity $fqdn -ErrorAction Stop).Computers)) {
            if (-not ($status.ContainsKey([string]$computer) -and $status[[string]$computer])) { [string]$computer }
        }
    }
}

function Wait-Replication {
    # .SYNOPSIS
    # Waits until the replicas of the registrar pools are up to date; past the deadline the step ends with exit 3.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string[]]$Registrar,
        [Parameter(Mandatory = $true)] [int]$DeadlineSeconds
    )
    if ($script:Step.WhatIf) { return }
    $deadline = (Get-Date).AddSeconds($DeadlineSeconds)
    # Right after enabling, the old status is still reported.
    if ($script:Step.Changed.Count -gt 0) { Start-Sleep -Seconds 10 }
    while ($true) {
        $late = @(Get-LateReplica -Registrar $Registrar)
        if ($late.Count -eq 0) { break }
        if ((Get-Date) -ge $deadline) {
            $script:Step.Late = $true
            throw "after $DeadlineSeconds seconds the replicas are not up to date on $($late -join ', '); see Get-CsManagementStoreReplicationStatus, then run this script again: it goes on waiting"
        }
        Start-Sleep -Seconds 10
    }
    Write-Line -Status 'OK' -Text "replication to $($Registrar -join ', '): up to date"
}

function Test-TrustedPool {
    # .SYNOPSIS
    # Checks that a planned trusted application pool can be created, or exists as planned or half-finished.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool
    )
    $fqdn = $Pool.Fqdn
    $subject = "trusted application pool $fqdn"
    $sites = @($State.Site | Where-Object { [string]$_.SiteId -eq $Pool.Site })
    $known = @($State.Site | ForEach-Object { '{0} (SiteId {1})' -f $_.DisplayName, $_.SiteId }) -join ', '
    Get-Check -Passed ($sites.Count -eq 1) -Subject "site $($Pool.Site)" -Good 'exists' -Bad "there is no site with this SiteId; the sites are: $known"
    $wanted = @(Get-PlannedComputer -Pool $Pool)
    $present = @()
    if ($State.Trusted.ContainsKey($fqdn)) {
        $present = @(if ($State.Computer.ContainsKey($fqdn)) { $State.Computer[$fqdn] })
        Test-ExistingPool -State $State -Pool $Pool -Present $present
    } else {
        Get-Check -Passed (-not $State.Pool.ContainsKey($fqdn)) -Subject $subject -Good 'the name is free' -Bad 'this FQDN names a Lync pool with other services; New-CsTrustedApplicationPool would add a service to it: choose the OWA FQDN'
    }
    $discovery = Get-DiscoveryEvidence
    foreach ($computer in @($wanted | Where-Object { $present -notcontains $_ })) {
        $elsewhere = $State.Home.ContainsKey($computer) -and $State.Home[$computer] -ne $fqdn
        Get-Check -Passed (-not $elsewhere) -Subject "computer $computer" -Good 'is in no other pool' -Bad "is already in the pool $($State.Home[$computer]); a computer belongs to one pool"
        if ($discovery.Visible) {
            Get-Check -Passed (-not (Test-NameInText -Name $computer -Text $discovery.Text)) -Subject "computer $computer" -Good 'is not discovered by Lync (event 44024)' -Bad 'is discovered by Lync already (event 44024): a trusted application pool would give it a second entry and OWA integration would stop working; set umColocated: true if both UM services run on it, or take it out of the SipName dial plans'
        }
    }
    if (-not $discovery.Visible) { Get-Unseen -Subject $subject -Question "go/no-go: on a Front End of $($Pool.Registrar), does the newest event 44024 of 'LS Exchange Unified Messaging Routing' name one of $($wanted -join ', ')? If so, stop: it is discovered already." }
    Test-ApplicationPort -State $State -Pool $Pool -Computer $wanted
}

function Test-ExistingPool {
    # .SYNOPSIS
    # Checks an existing trusted application pool: registrar, site, room for its computers, no foreign application.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Present
    )
    $fqdn = $Pool.Fqdn
    $subject = "trusted application pool $fqdn"
    $existing = $State.Trusted[$fqdn]
    # Read back, the registrar is Registrar:<fqdn> and the SiteId is the identity of the site.
    $registrar = ([string]$existing.Registrar) -replace '^.*:', ''
    $site = Get-SiteId -State $State -Identity ([string]$existing.SiteId)
    Get-Check -Passed ($registrar -eq $Pool.Registrar) -Subject $subject -Good "has the registrar $registrar" -Bad "exists with the registrar '$registrar', not $($Pool.Registrar); a pool cannot be moved: remove it in a change of its own, or correct registrar"
    Get-Check -Passed ($site -eq $Pool.Site) -Subject $subject -Good "is in the site $site" -Bad "exists in the site with SiteId '$site' ($($existing.SiteId)), not $($Pool.Site); a pool cannot be moved: remove it in a change of its own, or correct siteId"
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $Present -notcontains $_ })
    if ($Pool.Computers.Count -eq 0) {
        Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good 'is its own one computer' -Bad "was made with -ComputerFqdn ($($Present -join ', ')), so it can never be its own computer; name its computers in trustedComputers, or remove the pool in a change of its own"
    } else {
        $closed = $absent.Count -gt 0 -and ($Present -contains $fqdn)
        Get-Check -Passed (-not $closed) -Subject $subject -Good 'has room for its computers' -Bad "was made without -ComputerFqdn, so its one computer is the pool itself and no other can ever be added ($($absent -join ', ')); remove the pool in a change of its own, or use trustedComputers: []"
    }
    $foreign = @(if ($State.Application.ContainsKey($fqdn)) { $State.Application[$fqdn] | Where-Object { (Get-ApplicationName -Application $_) -ne $Pool.ApplicationId } | ForEach-Object { Get-ApplicationName -Application $_ } })
    Get-Check -Passed ($foreign.Count -eq 0) -Subject $subject -Good 'holds no foreign application' -Bad "holds an application that is not this change's: $($foreign -join ', '); find its owner first"
}

function Test-ApplicationPort {
    # .SYNOPSIS
    # Checks that the port is free on the computers of the pool, and that an existing application has it.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [Parameter(Mandatory = $true)] [string[]]$Computer
    )
    $subject = "trusted application $($Pool.ApplicationId) of $($Pool.Fqdn)"
    $pools = @(@($Pool.Fqdn) + @($Computer | Where-Object { $State.Home.ContainsKey($_) } | ForEach-Object { $State.Home[$_] }) | Select-Object -Unique)
    $all = @($pools | Where-Object { $State.Application.ContainsKey($_) } | ForEach-Object { $State.Application[$_] })
    $own = @($all | Where-Object { [string]$_.TrustedApplicationPoolFqdn -eq $Pool.Fqdn -and (Get-ApplicationName -Application $_) -eq $Pool.ApplicationId })
    if ($own.Count -gt 0) {
        Get-Check -Passed ([int]$own[0].Port -eq $Pool.Port) -Subject $subject -Good "has the port $($Pool.Port)" -Bad "exists with the port $($own[0].Port), not $($Pool.Port); correct port, or remove the application in a change of its own"
    }
    $taken = @($all | Where-Object { $own -notcontains $_ -and [int]$_.Port -eq $Pool.Port } | ForEach-Object { '{0} of {1}' -f (Get-ApplicationName -Application $_), $_.TrustedApplicationPoolFqdn })
    Get-Check -Passed ($taken.Count -eq 0) -Subject $subject -Good "no other application has the port $($Pool.Port)" -Bad "the port $($Pool.Port) is taken by $($taken -join ', '); choose another"
}

function Test-DiscoveredPool {
    # .SYNOPSIS
    # Checks that nothing was entered by hand for servers that Lync discovers by itself. -Advice makes failures warnings.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [switch]$Advice
    )
    foreach ($name in @(@($Pool.Fqdn) + $Pool.Servers | Select-Object -Unique)) {
        $byHand = $State.Trusted.ContainsKey($name) -or @($State.Computer.GetEnumerator() | Where-Object { $_.Value -contains $name }).Count -gt 0
        Get-Check -Passed (-not $byHand) -Advice:$Advice -Subject "colocated server $name" -Good 'has no trusted application pool or computer' -Bad 'has a trusted application pool or computer beside its discovered entry: a double entry stops OWA integration; remove the manual one in a change of its own'
    }
}

function Test-DuplicatePool {
    # .SYNOPSIS
    # Checks that a manual entry for discovered servers can go: it holds nothing else, and the servers stay known without it.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool
    )
    $subject = "trusted application pool $($Pool.Fqdn)"
    $own = @(@($Pool.Fqdn) + $Pool.Servers)
    foreach ($server in $Pool.Servers) {
        $other = @($State.Computer.GetEnumerator() | Where-Object { $_.Key -ne $Pool.Fqdn -and $_.Value -contains $server } | ForEach-Object { $_.Key })
        Get-Check -Passed ($other.Count -eq 0) -Subject "server $server" -Good 'has no manual entry in another trusted application pool' -Bad "has a manual entry in $($other -join ', ') too, which this change does not remove: describe that pool as an OWA pool of its own"
    }
    if (-not $State.Trusted.ContainsKey($Pool.Fqdn)) {
        Get-Check -Passed $true -Subject $subject -Good 'does not exist: there is no manual entry to remove' -Bad ''
        return
    }
    Get-Check -Passed ("$($State.Trusted[$Pool.Fqdn].Registrar)" -ne '') -Subject $subject -Good 'has a registrar' -Bad 'has no registrar, and Lync cannot remove a pool without one; give it one first (Set-CsTrustedApplicationPool)'
    Test-PoolRemoval -State $State -Pool @{ Fqdn = $Pool.Fqdn; ApplicationId = $Pool.ApplicationId; Computers = $own } -Whole
    $discovery = Get-DiscoveryEvidence
    foreach ($server in $Pool.Servers) {
        if ($discovery.Visible) {
            Get-Check -Passed (Test-NameInText -Name $server -Text $discovery.Text) -Subject "server $server" -Good 'is discovered by Lync (event 44024)' -Bad 'is not discovered by Lync (event 44024): without the manual entry Lync would not know it any more; see the UM services and the SipName dial plans'
        } else {
            Get-Unseen -Subject "server $server" -Question "go/no-go: on a Front End, does the newest event 44024 of 'LS Exchange Unified Messaging Routing' name it? If not, stop: without the manual entry Lync would not know it any more."
        }
    }
}

function Get-PoolState {
    # .SYNOPSIS
    # Returns all that is needed to create a trusted application pool again.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [string]$Fqdn
    )
    if (-not $State.Trusted.ContainsKey($Fqdn)) { return @{ Exists = $false } }
    $pool = $State.Trusted[$Fqdn]
    @{
        Exists = $true
        Registrar = "$($pool.Registrar)" -replace '^.*:', ''
        SiteId = Get-SiteId -State $State -Identity ([string]$pool.SiteId)
        RequiresReplication = [bool]$pool.RequiresReplication
        ThrottleAsServer = [bool]$pool.ThrottleAsServer
        TreatAsAuthenticated = [bool]$pool.TreatAsAuthenticated
        OutboundOnly = [bool]$pool.OutboundOnly
        Computers = @(if ($State.Computer.ContainsKey($Fqdn)) { $State.Computer[$Fqdn] })
        Applications = @(if ($State.Application.ContainsKey($Fqdn)) { $State.Application[$Fqdn] | ForEach-Object { @{ Id = (Get-ApplicationName -Application $_); Port = [int]$_.Port } } })
    }
}

function Test-LyncSide {
    # .SYNOPSIS
    # Makes every check of the Lync side that can be made before the change.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [string[]]$Registrar,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [hashtable[]]$Pool,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [hashtable[]]$Discovered
    )
    # After a run that broke off, the replicas may still be busy with what it did.
    Test-Registrar -State $State -Registrar $Registrar -Advice:(Test-BeforeState)
    foreach ($one in $Pool) { Test-TrustedPool -State $State -Pool $one }
    foreach ($one in $Discovered) { Test-DiscoveredPool -State $State -Pool $one }
}

function Test-FinishedPool {
    # .SYNOPSIS
    # Checks that a planned pool is there with its computers and its application. -Advice makes failures warnings.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [switch]$Advice
    )
    $subject = "trusted application pool $($Pool.Fqdn)"
    $exists = $State.Trusted.ContainsKey($Pool.Fqdn)
    Get-Check -Passed $exists -Advice:$Advice -Subject $subject -Good 'exists' -Bad 'does not exist; run step 40'
    if (-not $exists) { return }
    $present = @(if ($State.Computer.ContainsKey($Pool.Fqdn)) { $State.Computer[$Pool.Fqdn] })
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $present -notcontains $_ })
    Get-Check -Passed ($absent.Count -eq 0) -Advice:$Advice -Subject $subject -Good 'has its computers' -Bad "lacks $($absent -join ', '); run step 40 again"
    $own = @(if ($State.Application.ContainsKey($Pool.Fqdn)) { $State.Application[$Pool.Fqdn] | Where-Object { (Get-ApplicationName -Application $_) -eq $Pool.ApplicationId -and [int]$_.Port -eq $Pool.Port } })
    Get-Check -Passed ($own.Count -eq 1) -Advice:$Advice -Subject $subject -Good "has the application $($Pool.ApplicationId) on port $($Pool.Port)" -Bad "lacks the application $($Pool.ApplicationId) on port $($Pool.Port); run step 40 again"
}

function Save-TopologySnapshot {
    # .SYNOPSIS
    # Saves the topology and the whole configuration before the first change. The export holds secrets: keep it as such.
    [CmdletBinding()]
    param()
    if ($script:Step.WhatIf) { return }
    $export = Get-EvidencePath -Name "$($script:Step.Stem).configuration.zip"
    if (-not (Test-Path -LiteralPath $export -PathType Leaf)) {
        $topology = "$(Get-CsTopology -AsXml -ErrorAction Stop)"
        if ($null -eq ([xml]$topology).DocumentElement) { throw 'Get-CsTopology returned no topology' }
        Save-Evidence -Name "$($script:Step.Stem).topology.xml" -Byte ([Text.Encoding]::UTF8.GetBytes($topology))
        $partial = Get-EvidencePath -Name "$($script:Step.Stem).partial.zip"
        if (Test-Path -LiteralPath $partial) { Remove-Item -LiteralPath $partial }
        Export-CsConfiguration -FileName $partial -ErrorAction Stop
        Move-Item -LiteralPath $partial -Destination $export
    }
    Write-Line -Status 'OK' -Text "topology snapshot and configuration export are saved; the export is sensitive: $export"
}

function Test-PoolRemoval {
    # .SYNOPSIS
    # Checks that what is to be removed from a pool holds nothing that this change did not create: removing a pool or an application removes that too.
    # .PARAMETER Whole
    # The pool itself goes, not only its application.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [switch]$Whole
    )
    if (-not $State.Trusted.ContainsKey($Pool.Fqdn)) { return }
    $foreign = @(Get-CsTrustedApplicationEndpoint -TrustedApplicationPoolFqdn $Pool.Fqdn -ErrorAction Stop | ForEach-Object { "endpoint $($_.SipAddress)" })
    if ($Whole) {
        $planned = @(Get-PlannedComputer -Pool $Pool)
        $foreign += @(if ($State.Application.ContainsKey($Pool.Fqdn)) { $State.Application[$Pool.Fqdn] | Where-Object { (Get-ApplicationName -Application $_) -ne $Pool.ApplicationId } | ForEach-Object { 'application ' + (Get-ApplicationName -Application $_) } })
        $foreign += @(if ($State.Computer.ContainsKey($Pool.Fqdn)) { $State.Computer[$Pool.Fqdn] | Where-Object { $planned -notcontains $_ } | ForEach-Object { "computer $_" } })
    }
    Get-Check -Passed ($foreign.Count -eq 0) -Subject "trusted application pool $($Pool.Fqdn)" -Good 'holds nothing that is not this change''s' -Bad "holds what is not this change's: $($foreign -join ', '); removing it would remove that too: find its owner first"
}

function Test-KnownServer {
    <#
    .SYNOPSIS
    Looks on a Front End whether Lync knows the servers (P14) and whether one has two entries (P2).
    .PARAMETER Trusted
    Names in trusted application pools: known through them, and not to be discovered too.
    .PARAMETER Discovered
    Names that Lync is to discover by itself.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Trusted,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Discovered
    )
    $discovery = Get-DiscoveryEvidence
    $stack = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Protocol Stack'; Id = 14492, 14493, 14495 })
    if (-not $discovery.Visible -and $stack.Count -eq 0) {
        Get-Unseen -Subject 'known servers' -Question "go/no-go: on a Front End, do the events 14492/14493 of 'LS Protocol Stack' or 44024 of 'LS Exchange Unified Messaging Routing' name $(@($Trusted + $Discovered) -join ', '), and none of them twice?"
        return
    }
    foreach ($name in $Trusted) {
        if ($discovery.Visible) { Get-Check -Passed (-not (Test-NameInText -Name $name -Text $discovery.Text)) -Subject "known server $name" -Good 'is not discovered beside its trusted application pool' -Bad 'is discovered (event 44024) and in a trusted application pool too: a double entry stops OWA integration; take it out of the SipName dial plans' }
    }
    $newest = @(@($stack) + @($discovery.Event) | Where-Object { $null -ne $_ } | Sort-Object -Property TimeCreated -Descending)
    foreach ($name in @($Trusted + $Discovered)) {
        $known = Test-KnownByEvent -Name $name -Newest $newest
        Get-Check -Passed $known -Advice -Subject "known server $name" -Good 'is on the known servers list of this Front End' -Bad 'is not on the known servers list of this Front End yet (events 14492, 14493, 44024); the list is read at the start of the service and when the topology changes'
    }
}

function Test-StillDiscovered {
    # .SYNOPSIS
    # Checks after a manual entry is gone that Lync discovers the servers (event 44024). The removal itself is logged as 14495 and says nothing about that.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]]$Server)
    $discovery = Get-DiscoveryEvidence
    foreach ($name in $Server) {
        if ($discovery.Visible) {
            Get-Check -Passed (Test-NameInText -Name $name -Text $discovery.Text) -Subject "server $name" -Good 'is discovered by Lync (event 44024)' -Bad 'is not discovered by Lync (event 44024), and its manual entry is gone: Lync does not know it any more; go back with the back-out of step 40'
        } else {
            Get-Unseen -Subject "server $name" -Question "go/no-go: on a Front End, does the newest event 44024 of 'LS Exchange Unified Messaging Routing' name it? If not, go back with the back-out of step 40."
        }
    }
}

function Test-KnownByEvent {
    # .SYNOPSIS
    # Tells whether the events, newest first, say that a name is known: 14492 is a whole list, 14493 adds, 14495 removes, 44024 names what was discovered.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]]$Newest
    )
    foreach ($entry in $Newest) {
        if (Test-NameInText -Name $Name -Text ([string]$entry.Message)) { return $entry.Id -ne 14495 }
        if ($entry.Id -eq 14492) { return $false }
    }
    $false
}

function Get-DiscoveryEvidence {
    # .SYNOPSIS
    # Reads the newest list of servers that Lync found at start (event 44024); only a Front End has it.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $filter = @{ LogName = 'Lync Server'; ProviderName = 'LS Exchange Unified Messaging Routing'; Id = 44024 }
    $newest = @(Find-Event -Filter $filter -First 1)
    $text = ''
    if ($newest.Count -gt 0) { $text = [string]$newest[0].Message }
    # Without its text (a missing message resource) the event says nothing.
    @{ Visible = $text.Trim() -ne ''; Text = $text; Event = $newest }
}

function Test-NameInText {
    # .SYNOPSIS
    # Tells whether a text names an FQDN, as a whole name.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Text
    )
    [regex]::IsMatch($Text, '(?<![\w.-])' + [regex]::Escape($Name) + '(?![\w-])(?!\.\w)', 'IgnoreCase, CultureInvariant')
}

function Test-PilotSipUser {
    # .SYNOPSIS
    # Checks that a pilot user is enabled for Lync (P12).
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Address)
    foreach ($name in $Address) {
        $enabled = $false
        $reason = 'the account is disabled'
        try {
            $enabled = [bool](Get-CsUser -Identity "sip:$name" -ErrorAction Stop).Enabled
        } catch {
            $reason = $_.Exception.Message
        }
        Get-Check -Passed $enabled -Subject "pilot user $name" -Good 'is enabled for Lync' -Bad "is not enabled for Lync under this SIP address ($reason); enable the user, or name the SIP address in pilotUsers"
    }
}

