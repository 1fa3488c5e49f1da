# ---- um: which SipName dial plans a server is in --------------------------------------------------------------

# Returns the SipName UM dial plans of the organisation.
function Get-SipPlan {
    [CmdletBinding()] param()
    Get-UMDialPlan -ErrorAction Stop | Where-Object { [string]$_.UriType -eq 'SipName' }
}

# Returns what holds the dial plans of a server: its UM service (UM) or its UM Call Router (Router); nothing where it has none.
# Microsoft's page Get-UMService takes the name of a server, not its FQDN.
function Get-UmHolder {
    [CmdletBinding()] param([string]$Server, [string]$Role)
    $name = Get-ShortName -Fqdn $Server
    if ($Role -eq 'UM') {
        Find-ExchangeObject -Find { Get-UMService -Identity $name -ErrorAction Stop }
    } else {
        Find-ExchangeObject -Find { Get-UMCallRouterSettings -Server $Server -ErrorAction Stop }
    }
}

# Returns the names of the SipName dial plans that a server is in, in one role or both.
function Get-ServerSipPlan {
    [CmdletBinding()] param([string]$Server, [string[]]$Role = @('UM', 'Router'))
    $names = @(foreach ($one in $Role) { Get-UmHolder -Server $Server -Role $one | ForEach-Object { $_.DialPlans } | ForEach-Object { [string]$_ } })
    Get-SipPlan | Where-Object { $names -contains [string]$_.Name -or $names -contains [string]$_.Identity } | ForEach-Object { [string]$_.Name }
}

# Checks that every named dial plan exists and is a SipName plan; no name stands for all, of which there must be one.
function Test-SipPlan {
    [CmdletBinding()] param([string[]]$Name)
    $sip = @(Get-SipPlan | ForEach-Object { [string]$_.Name })
    if ($Name.Count -eq 0) { Get-Check -Passed ($sip.Count -gt 0) -Subject 'SipName dial plans' -Good "$($sip -join ', ')" -Bad 'there is none; create one first, or leave out sipDialPlans' }
    foreach ($plan in $Name) {
        Get-Check -Passed ($sip -contains $plan) -Subject "dial plan $plan" -Good 'is a SipName dial plan' -Bad 'is not a SipName dial plan of this organisation, and Lync discovers servers only through those; see Get-UMDialPlan and correct sipDialPlans'
    }
}

# Checks that a server has the UM service (UM) or the UM Call Router (Router) whose dial plans are to be set.
function Test-UmRole {
    [CmdletBinding()] param([string]$Server, [string]$Role)
    $kind = if ($Role -eq 'UM') { 'UM service' } else { 'UM Call Router' }
    Get-Check -Passed (@(Get-UmHolder -Server $Server -Role $Role).Count -eq 1) -Subject "$kind on $Server" -Good 'found' -Bad 'not found; name only Mailbox servers in mailboxServers and Client Access servers in clientAccessServers'
}

# Checks the claim umColocated: true as far as any Exchange shell sees it (P2): both UM services on the server, and a SipName dial
# plan. -PlanComing: step 30 adds the plan.
function Test-UmColocation {
    [CmdletBinding()] param([string]$Server, [switch]$PlanComing)
    foreach ($role in @('UM', 'Router')) { Test-UmRole -Server $Server -Role $role }
    $subject = "colocated server $Server"
    $plans = @(Get-ServerSipPlan -Server $Server -Role 'UM')
    if ($plans.Count -eq 0 -and $PlanComing) {
        Get-Result -Status 'WARNING' -Subject $subject -Text 'is in no SipName dial plan yet; step 30 adds it'
        return
    }
    Get-Check -Passed ($plans.Count -gt 0) -Subject $subject -Good "is in the SipName dial plan $($plans -join ', ')" -Bad 'is in no SipName dial plan, so Lync does not discover it. If step 30 has just run, wait for Active Directory replication and run this script again; otherwise name the plan in sipDialPlans or write umColocated: false'
}

# Checks that both UM services are installed on this computer (P2). Recorded on real servers of 2013 and 2016 under these names.
function Test-UmServiceOnHost {
    [CmdletBinding()] param()
    foreach ($name in @('MSExchangeUM', 'MSExchangeUMCR')) {
        $service = @(Get-Service -Name $name -ErrorAction SilentlyContinue)
        Get-Check -Passed ($service.Count -eq 1) -Subject "service $name" -Good 'is installed on this server' -Bad 'is not installed on this server, so its UM services are not colocated; write umColocated: false'
    }
}

# Checks that a name of the trusted application pool is not in a SipName dial plan too (P2, P6).
function Test-DoubleEntry {
    [CmdletBinding()] param([string[]]$Name)
    foreach ($server in $Name) {
        if (@(Find-ExchangeObject -Find { Get-ExchangeServer -Identity $server -ErrorAction Stop }).Count -eq 0) { continue }
        $plans = @(Get-ServerSipPlan -Server $server | Select-Object -Unique)
        Get-Check -Passed ($plans.Count -eq 0) -Subject "server $server" -Good 'is in no SipName dial plan' -Bad "goes into the trusted application pool and is in the SipName dial plan $($plans -join ', ') too, and a double entry stops OWA integration; write trustedComputers: [] or take it out of the plan"
    }
}
