<#
.SYNOPSIS
Step 40 of contoso-two-sites-integrate: Create the trusted application pool and the trusted application.

.DESCRIPTION
Where:    any computer of the deployment, Skype for Business Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Why:      The UM services are not colocated, so Lync knows the name of the OWA pool only through a trusted
          application pool and its application.
Impact:   No user notices it. The Lync topology in the Central Management Store changes; nothing takes effect
          before step 50. Take the configuration export that the script makes for what it is: sensitive.
Back-out: back-out\40-lync-trusted-application.ps1: Removes only the application, computers and pool that this
          change created, then enables the topology itself and waits for replication.
Source:   P2, P3, P4 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for before-states, marks and logs; 'evidence' in the bundle if left out. Use the same one for all scripts.

.EXAMPLE
.\scripts\40-lync-trusted-application.ps1 -ApprovedDigest <digest> -WhatIf
#>
#Requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [string]$ApprovedDigest = '',
    [string]$EvidencePath = ''
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# The seal, first of all: SHA256SUMS must be the approved one and the module the one it lists; the module checks the rest.
$bundle = Split-Path -Parent -Path $PSScriptRoot
$module = Join-Path -Path $bundle -ChildPath 'scripts/common.psm1'
$broken = ''
try {
    $latin1 = [Text.Encoding]::GetEncoding(28591)
    $sha256 = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    $sums = [IO.File]::ReadAllBytes((Join-Path -Path $bundle -ChildPath 'SHA256SUMS'))
    $text = [regex]::Replace($latin1.GetString([IO.File]::ReadAllBytes($module)), '\r\n# SIG # Begin signature block\r\n(# [0-9A-Za-z+/=]+\r\n)+# SIG # End signature block\r\n\z', '')
    $digest, $part = @($sums, $latin1.GetBytes($text)) | ForEach-Object { [BitConverter]::ToString($sha256.ComputeHash([byte[]]$_)).Replace('-', '').ToLowerInvariant() }
    if (@($latin1.GetString($sums) -split '\n') -cnotcontains "$part  scripts/common.psm1") { $broken = 'scripts/common.psm1 is not the file that SHA256SUMS lists' }
    if (-not [string]::Equals($ApprovedDigest.Trim(), $digest, 'OrdinalIgnoreCase')) { $broken = "-ApprovedDigest '$ApprovedDigest' is not the digest of this bundle; give the one that was approved, from the ticket" }
    # Import-Module takes its path for a pattern and could load another module.
    if ($module -match '[][*?]') { $broken = "the path of this folder holds one of [ ] * ?; move it to another path" }
    if ($broken -eq '') { Import-Module -Name $module -Force -DisableNameChecking }
} catch { $broken = $_.Exception.Message }
if ($broken -ne '') { Write-Output -InputObject "REFUSED       $broken; nothing was changed"; exit 2 }

$step = @{
    Order = 40; Id = 'trusted-application'; Kind = 'change'; Title = 'Create the trusted application pool and the trusted application'
    BackOut = 'back-out\40-lync-trusted-application.ps1'
    Next = 'scripts\50-lync-enable-topology.ps1 (any computer of the deployment, Skype for Business Server Management Shell)'
}
$registrars = @('lync-dub.contoso.com', 'lync-sin.contoso.com')
# Trusted application pools, from the topology. No computers: the pool FQDN is its own one computer.
$pools = @(
    @{ Fqdn = 'owa-dub.contoso.com'; Registrar = 'lync-dub.contoso.com'; Site = 'Dublin'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @() }
    @{ Fqdn = 'owa-sin.contoso.com'; Registrar = 'lync-sin.contoso.com'; Site = 'Singapore'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @() }
)
# Servers whose UM services are colocated: Lync discovers them, so nothing may be entered by hand for them.
$discovered = @(
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Bundle $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2015' -Command 'Get-CsSite', 'Get-CsPool', 'Get-CsComputer', 'Get-CsTrustedApplicationPool', 'Get-CsTrustedApplicationComputer', 'Get-CsTrustedApplication', 'Get-CsServerVersion', 'Get-CsTopology', 'Export-CsConfiguration', 'New-CsTrustedApplicationPool', 'New-CsTrustedApplicationComputer', 'New-CsTrustedApplication'
    $lync = Get-LyncState
    Test-LyncSide -State $lync -Registrar $registrars -Pool $pools -Discovered $discovered | Assert-Check

    $state = @{}
    foreach ($pool in $pools) {
        $computers = @(if ($lync.Computer.ContainsKey($pool.Fqdn)) { $lync.Computer[$pool.Fqdn] })
        $applications = @(if ($lync.Application.ContainsKey($pool.Fqdn)) { $lync.Application[$pool.Fqdn] | ForEach-Object { Get-ApplicationName -Application $_ } })
        $state[$pool.Fqdn] = @{ Pool = $lync.Trusted.ContainsKey($pool.Fqdn); Computers = $computers; Applications = $applications }
    }
    Save-TopologySnapshot
    # Whether an entry that was there before is enabled cannot be read, so the first run makes enabling due in any case.
    if (-not (Test-BeforeState)) { Add-Mark -Name 'enable-topology' }
    Save-BeforeState -State $state

    foreach ($pool in $pools) {
        Invoke-Change -Target "trusted application pool $($pool.Fqdn)" -Action "create with the registrar $($pool.Registrar) in the site $($pool.Site)" -Mark 'enable-topology' -Test {
            @(Get-CsTrustedApplicationPool -ErrorAction Stop | Where-Object { $_.PoolFqdn -eq $pool.Fqdn }).Count -eq 1
        } -Change {
            if ($pool.Computers.Count -eq 0) {
                New-CsTrustedApplicationPool -Identity $pool.Fqdn -Registrar $pool.Registrar -Site $pool.Site -RequiresReplication $false -Confirm:$false -ErrorAction Stop
            } else {
                New-CsTrustedApplicationPool -Identity $pool.Fqdn -Registrar $pool.Registrar -Site $pool.Site -RequiresReplication $false -ComputerFqdn $pool.Computers[0] -Confirm:$false -ErrorAction Stop
            }
        }
        # The first is there already, unless somebody made the pool with another.
        foreach ($computer in $pool.Computers) {
            Invoke-Change -Target "trusted application computer $computer" -Action "add to the pool $($pool.Fqdn)" -Mark 'enable-topology' -Test {
                @(Get-CsTrustedApplicationComputer -ErrorAction Stop | Where-Object { $_.Fqdn -eq $computer -and $_.Pool -eq $pool.Fqdn }).Count -eq 1
            } -Change {
                New-CsTrustedApplicationComputer -Identity $computer -Pool $pool.Fqdn -Confirm:$false -ErrorAction Stop
            }
        }
        Invoke-Change -Target "trusted application $($pool.ApplicationId) of $($pool.Fqdn)" -Action "create with the port $($pool.Port)" -Mark 'enable-topology' -Test {
            @(Get-CsTrustedApplication -ErrorAction Stop | Where-Object { $_.TrustedApplicationPoolFqdn -eq $pool.Fqdn -and (Get-ApplicationName -Application $_) -eq $pool.ApplicationId }).Count -eq 1
        } -Change {
            New-CsTrustedApplication -ApplicationId $pool.ApplicationId -TrustedApplicationPoolFqdn $pool.Fqdn -Port $pool.Port -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
