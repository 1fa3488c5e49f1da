# The servers that Lync trusts and knows: the enabled trusted pools with their computers, and the Exchange servers that it
# discovers by itself (both UM services and a SipName dial plan, P2). A server in both stands there twice.

function Get-DiscoveredServer {
    $plans = @($script:Farm.exchange.dialPlans | Where-Object { $_.uriType -eq 'SipName' } | ForEach-Object { $_.name })
    foreach ($server in $script:Farm.exchange.servers) {
        $machine = Find-Object $script:Farm.hosts 'fqdn' $server.fqdn
        if ($null -eq $machine) { continue }
        $services = @('MSExchangeUM', 'MSExchangeUMCR' | Where-Object { $null -ne (Find-Object $machine.services 'name' $_) })
        if ($services.Count -eq 2 -and @($server.umDialPlans | Where-Object { $plans -contains $_ }).Count -gt 0) { $server.fqdn }
    }
}

function Get-KnownServer {
    foreach ($pool in $script:Farm.lync.enabled) { @($pool.computers) + @($pool.fqdn) | Select-Object -Unique }
    Get-DiscoveredServer
}

# Lync's log tells which names came and went (14493, 14495), not how often one stands there. 44024 and 14492 are written
# when the service starts, and only then (blogs.technet.microsoft.com/jenstr, 2012-11-13): what they say may be old.
function Update-KnownServer {
    $before = @($script:Farm.lync.known)
    $after = @(Get-KnownServer | Sort-Object)
    $script:Farm.lync.known = $after
    $added = @($after | Where-Object { $before -notcontains $_ } | Select-Object -Unique)
    $removed = @($before | Where-Object { $after -notcontains $_ } | Select-Object -Unique)
    if ($added.Count -gt 0) { Add-LyncEvent 'LS Protocol Stack' 14493 "Servers added to the list of known servers: $($added -join ', ')" }
    if ($removed.Count -gt 0) { Add-LyncEvent 'LS Protocol Stack' 14495 "Servers removed from the list of known servers: $($removed -join ', ')" }
}

# Lync's services have started a day before the beginning of time. No cmdlet: the driver has it done between the runs.
function Start-LyncService {
    $script:Farm.lync.known = @(Get-KnownServer | Sort-Object)
    foreach ($machine in $script:Farm.hosts) { $machine.events = @() }
    Add-LyncEvent 'LS Exchange Unified Messaging Routing' 44024 "Exchange UM servers that were found: $(@(Get-DiscoveredServer) -join ', ')" -86400
    Add-LyncEvent 'LS Protocol Stack' 14492 "Known servers: $($script:Farm.lync.known -join ', ')" -86400
}

function Add-LyncEvent {
    param([string]$Provider, [int]$Id, [string]$Message, [int]$Time = $script:Farm.clock)
    foreach ($machine in $script:Farm.hosts) {
        if ($machine.shell -ne 'lync') { continue }
        $machine.events = @($machine.events) + @(New-Object PSObject -Property @{
                log = 'Lync Server'; provider = $Provider; id = $Id; level = 4; time = $Time; message = $Message })
    }
}
