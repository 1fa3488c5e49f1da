# ---- um -----------------------------------------------------------------------------------------------------

function Get-SipPlan {
    # .SYNOPSIS
    # Returns the SipName UM dial plans of the organisation.
    [CmdletBinding()]
    param()
    Get-UMDialPlan -ErrorAction Stop | Where-Object { [string]$_.UriType -eq 'SipName' }
}

function Get-UmHolder {
    # .SYNOPSIS
    # Returns what holds the dial plans of a server: its UM service (UM) or its UM Call Router (Router); nothing where it has none.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [Parameter(Mandatory = $true)] [string]$Role
    )
    Find-ExchangeObject -Find {
        if ($Role -eq 'UM') { Get-UMService -Identity $Server -ErrorAction Stop } else { Get-UMCallRouterSettings -Server $Server -ErrorAction Stop }
    }
}

function Get-ServerSipPlan {
    <#
    .SYNOPSIS
    Returns the names of the SipName dial plans that the UM service or the UM Call Router of a server is in.
    .PARAMETER Role
    UM, Router, or both.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [string[]]$Role = @('UM', 'Router')
    )
    $names = @($Role | ForEach-Object { Get-UmHolder -Server $Server -Role $_ } | ForEach-Object { $_.DialPlans } | ForEach-Object { [string]$_ })
    Get-SipPlan | Where-Object { $names -contains $_.Name -or $names -contains [string]$_.Identity } | ForEach-Object { [string]$_.Name }
}

function Test-SipPlan {
    # .SYNOPSIS
    # Checks that every named dial plan exists and is a SipName plan; no name stands for all, of which there must be one.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Name)
    $sip = @(Get-SipPlan | ForEach-Object { [string]$_.Name })
    if ($Name.Count -eq 0) { Get-Check -Passed ($sip.Count -gt 0) -Subject 'SipName dial plans' -Good "$($sip -join ', ')" -Bad 'there is none; create one first, or leave sipDialPlans out' }
    foreach ($plan in $Name) {
        Get-Check -Passed ($sip -contains $plan) -Subject "dial plan $plan" -Good 'is a SipName dial plan' -Bad 'is not a SipName dial plan of this organisation; only SipName plans make Lync discover a server (see Get-UMDialPlan)'
    }
}

function Test-UmRole {
    # .SYNOPSIS
    # Checks that a server has the UM service (UM) or the UM Call Router (Router) whose dial plans are to be set.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [Parameter(Mandatory = $true)] [string]$Role
    )
    $found = @(Get-UmHolder -Server $Server -Role $Role)
    $name = if ($Role -eq 'UM') { 'UM service' } else { 'UM Call Router' }
    Get-Check -Passed ($found.Count -eq 1) -Subject "$name on $Server" -Good 'found' -Bad "not found; name only Mailbox servers in mailboxServers and Client Access servers in clientAccessServers"
}

function Test-UmColocation {
    <#
    .SYNOPSIS
    Checks the claim umColocated: true as far as any Exchange server sees it (P2): both UM services on the server, and a SipName dial plan.
    .PARAMETER PlanComing
    A SipName dial plan is still to come in step 30.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [switch]$PlanComing
    )
    Test-UmRole -Server $Server -Role 'UM'
    Test-UmRole -Server $Server -Role 'Router'
    $plans = @(Get-ServerSipPlan -Server $Server -Role 'UM')
    if ($plans.Count -eq 0 -and $PlanComing) {
        Get-Check -Passed $false -Advice -Subject "colocated server $Server" -Good '' -Bad 'is in no SipName dial plan yet; step 30 adds it'
        return
    }
    Get-Check -Passed ($plans.Count -gt 0) -Subject "colocated server $Server" -Good "is in the SipName dial plan $($plans -join ', ')" -Bad 'is in no SipName dial plan, so Lync does not discover it; if step 30 has just run, wait for Active Directory replication and run this again, otherwise name the plan in sipDialPlans or say umColocated: false'
}

function Test-UmServiceOnHost {
    # .SYNOPSIS
    # Checks that both UM services are installed on this host (P2).
    [CmdletBinding()]
    param()
    foreach ($name in @('MSExchangeUM', 'MSExchangeUMCR')) {
        $service = @(Get-Service -Name $name -ErrorAction SilentlyContinue)
        Get-Check -Passed ($service.Count -eq 1) -Subject "service $name" -Good 'is installed on this server' -Bad 'is not installed on this server, so its UM services are not colocated: say umColocated: false'
    }
}

function Test-DoubleEntry {
    # .SYNOPSIS
    # Checks that a name of the trusted application pool is not in a SipName dial plan too (P2, P6).
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]]$Name)
    foreach ($server in $Name) {
        if (@(Find-ExchangeObject -Find { Get-ExchangeServer -Identity $server -ErrorAction Stop }).Count -eq 0) { continue }
        $plans = @(Get-ServerSipPlan -Server $server | Select-Object -Unique)
        Get-Check -Passed ($plans.Count -eq 0) -Subject "server $server" -Good 'is in no SipName dial plan' -Bad "goes into the trusted application pool but is in the SipName dial plan $($plans -join ', ') too, so Lync discovers it: a double entry stops OWA integration; use trustedComputers: [] or take it out of the plan"
    }
}

