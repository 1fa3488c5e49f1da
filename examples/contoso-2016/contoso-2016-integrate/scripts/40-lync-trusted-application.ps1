<#
.SYNOPSIS
Step 40: Create the trusted application pool and the trusted application (bundle contoso-2016-integrate).

.DESCRIPTION
Where:    any computer of the deployment, Skype for Business Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Why:      Lync accepts a server only if it knows its name. It does not discover mail-fra.contoso.com, so a
          trusted application pool makes that name known. Lync discovers mail-osl.contoso.com: a second entry
          would break the integration there.
Impact:   No user notices it. The Lync topology in the Central Management Store changes; it takes effect in
          step 50. The script saves a configuration export that contains secrets. Restrict access to it.
Back-out: back-out\40-lync-trusted-application.ps1: Removes only what this change created. If that was
          something, it enables the topology and waits for replication.
Source:   P2, P3, P4 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

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
    Order = 40; Id = 'trusted-application'; Kind = 'change'
    Title = 'Create the trusted application pool and the trusted application'
    Bundle = 'contoso-2016-integrate'; Script = 'scripts/40-lync-trusted-application.ps1'; Shell = 'Skype for Business Server Management Shell'
    BackOut = 'back-out\40-lync-trusted-application.ps1'
    Next = 'scripts\50-lync-enable-topology.ps1 (any computer of the deployment, Skype for Business Server Management Shell)'
}
$registrars = @('sfb-fra.contoso.com', 'sfb-osl.contoso.com')
# Trusted application pools, from the topology. No computers: the pool FQDN is its own one computer.
$pools = @(
    @{ Fqdn = 'mail-fra.contoso.com'; Registrar = 'sfb-fra.contoso.com'; Site = 'Frankfurt'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @('fra-ex-01.contoso.com', 'fra-ex-02.contoso.com') }
)
# Servers whose UM services are colocated: Lync discovers them, so nothing may be entered by hand for them.
$discovered = @(
    @{ Fqdn = 'mail-osl.contoso.com'; ApplicationId = 'OutlookWebApp'; Servers = @('mail-osl.contoso.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2019' -Command 'Get-CsTopology', 'Export-CsConfiguration', 'New-CsTrustedApplicationPool', 'New-CsTrustedApplicationComputer', 'New-CsTrustedApplication'
    $lync = Get-LyncState
    & {
        # A change that broke off must be finished, so a late replica does not stop its second run.
        Test-Registrar -State $lync -Registrar $registrars -Advice:(Test-BeforeState)
        foreach ($pool in $pools) { Test-PlannedPool -State $lync -Pool $pool }
        foreach ($pool in $discovered) { Test-DiscoveredPool -State $lync -Pool $pool }
    } | Assert-Check

    $state = @{}
    foreach ($pool in $pools) {
        $existing = Get-TrustedPool -State $lync -Fqdn $pool.Fqdn
        $state[$pool.Fqdn] = @{ Pool = $existing.Exists; Computers = $existing.Computers; Applications = @($existing.Applications | ForEach-Object { $_.Id }) }
    }
    Save-TopologySnapshot
    Save-BeforeState -State $state

    # -Force keeps the cmdlets from asking, for example about a name without a computer account (Microsoft's pages of the cmdlets).
    foreach ($pool in $pools) {
        Invoke-Change -Target "trusted application pool $($pool.Fqdn)" -Action "create with the registrar $($pool.Registrar) in the site $($pool.Site)" -Mark 'enable-topology' -Test {
            Test-Trusted -Pool $pool.Fqdn
        } -Change {
            if ($pool.Computers.Count -eq 0) {
                New-CsTrustedApplicationPool -Identity $pool.Fqdn -Registrar $pool.Registrar -Site $pool.Site -RequiresReplication $false -Force -Confirm:$false -ErrorAction Stop
            } else {
                New-CsTrustedApplicationPool -Identity $pool.Fqdn -Registrar $pool.Registrar -Site $pool.Site -RequiresReplication $false -ComputerFqdn $pool.Computers[0] -Force -Confirm:$false -ErrorAction Stop
            }
        }
        # The first is there already, unless somebody made the pool with another.
        foreach ($computer in $pool.Computers) {
            Invoke-Change -Target "trusted application computer $computer" -Action "add to the pool $($pool.Fqdn)" -Mark 'enable-topology' -Test {
                Test-Trusted -Pool $pool.Fqdn -Computer $computer
            } -Change {
                New-CsTrustedApplicationComputer -Identity $computer -Pool $pool.Fqdn -Force -Confirm:$false -ErrorAction Stop
            }
        }
        Invoke-Change -Target "trusted application $($pool.ApplicationId) of $($pool.Fqdn)" -Action "create with the port $($pool.Port)" -Mark 'enable-topology' -Test {
            Test-Trusted -Pool $pool.Fqdn -Id $pool.ApplicationId
        } -Change {
            New-CsTrustedApplication -ApplicationId $pool.ApplicationId -TrustedApplicationPoolFqdn $pool.Fqdn -Port $pool.Port -Force -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
