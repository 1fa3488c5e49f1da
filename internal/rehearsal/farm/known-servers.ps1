# The servers that Lync trusts and knows: the computers of the enabled trusted pools, and the Exchange servers that it
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
    foreach ($pool in $script:Farm.lync.enabled) { $pool.computers }
    Get-DiscoveredServer
}

# Lync's own log tells which names came and went, not how often one stands there; 44024 and 14492 are of the last start.
function Update-KnownServer {
    $before = @($script:Farm.lync.known)
    $after = @(Get-KnownServer | Sort-Object)
    $script:Farm.lync.known = $after
    $added = @($after | Where-Object { $before -notcontains $_ } | Select-Object -Unique)
    $removed = @($before | Where-Object { $after -notcontains $_ } | Select-Object -Unique)
    if ($added.Count -gt 0) { Add-LyncEvent 'LS Protocol Stack' 14493 "Servers added to the list of known servers: $($added -join ', ')" }
    if ($removed.Count -gt 0) { Add-LyncEvent 'LS Protocol Stack' 14495 "Servers removed from the list of known servers: $($removed -join ', ')" }
}

function Add-LyncEvent {
    param([string]$Provider, [int]$Id, [string]$Message)
    foreach ($machine in $script:Farm.hosts) {
        if ($machine.shell -ne 'lync') { continue }
        $machine.events = @($machine.events) + @(New-Object PSObject -Property @{
                log = 'Lync Server'; provider = $Provider; id = $Id; level = 4; time = $script:Farm.clock; message = $Message })
    }
}
