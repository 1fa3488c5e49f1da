<#
.SYNOPSIS
Step 50: Enable the Lync topology and wait for replication (bundle litware-colocated-remove-duplicate).

.DESCRIPTION
Where:    any computer of the deployment, Lync Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session); local
          administrator on the computers that host the Lync file shares
Why:      What step 40 removed takes effect only when the topology is enabled and replicated. This happens
          once, after all pools.
Impact:   Enable-CsTopology enables every topology change that anybody has published and not enabled. Where
          nothing of this change waits, the script does not enable the topology; -EnableAnyway does. No user
          session is interrupted. Run it on the computer that ran step 40.
Back-out: No back-out of its own: the back-out of step 40 enables the topology.
Source:   P5 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.PARAMETER EnableAnyway
Enables the topology although nothing of this change waits for it. That publishes what other people have waiting.

.EXAMPLE
.\scripts\50-lync-enable-topology.ps1 -ApprovedDigest <digest> -WhatIf
#>
#Requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [string]$ApprovedDigest = '',
    [string]$EvidencePath = '',
    [switch]$EnableAnyway
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
    Order = 50; Id = 'enable-topology'; Kind = 'change'
    Title = 'Enable the Lync topology and wait for replication'
    Bundle = 'litware-colocated-remove-duplicate'; Script = 'scripts/50-lync-enable-topology.ps1'; Shell = 'Lync Server Management Shell'
    BackOut = 'back-out\40-lync-trusted-application.ps1'
    Next = 'scripts\95-lync-verify-lync.ps1 (any computer of the deployment, Lync Server Management Shell)'
}
$registrars = @('atl-cs-001.litwareinc.com')
# Servers whose UM services are colocated: Lync discovers them, so nothing may be entered by hand for them.
$discovered = @(
    @{ Fqdn = 'atl-owa-001.litwareinc.com'; ApplicationId = 'OutlookWebApp'; Servers = @('atl-owa-001.litwareinc.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2013' -Command 'Enable-CsTopology'
    Assert-TopologyChange -Anyway:$EnableAnyway
    $lync = Get-LyncState
    $discovered | ForEach-Object { Test-DiscoveredPool -State $lync -Pool $_ -Advice:$WhatIfPreference } | Assert-Check

    Invoke-TopologyEnabling -State $lync -Registrar $registrars -Anyway:$EnableAnyway -Change {
        Enable-CsTopology -Report (Get-ReportPath) -Confirm:$false -ErrorAction Stop
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
