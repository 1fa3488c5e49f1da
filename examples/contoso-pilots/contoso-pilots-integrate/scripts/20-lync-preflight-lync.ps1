<#
.SYNOPSIS
Step 20: Check the Lync topology (bundle contoso-pilots-integrate).

.DESCRIPTION
Where:    any computer of the deployment, Skype for Business Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Why:      The change can work only if the site, the registrar, the port and the known servers are right.
Impact:   None: read-only.
Back-out: Nothing to undo: the step only reads.
Source:   P2, P3, P5 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket. Optional: this script only reads.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\scripts\20-lync-preflight-lync.ps1 -ApprovedDigest <digest>
#>
#Requires -Version 3.0
[CmdletBinding()]
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
    if ($ApprovedDigest -ne '' -and -not [string]::Equals($ApprovedDigest.Trim(), $digest, 'OrdinalIgnoreCase')) { $broken = "-ApprovedDigest '$ApprovedDigest' is not the digest of this bundle; give the one that was approved, from the ticket" }
    # Import-Module takes its path for a pattern and could load another module.
    if ($module -match '[][*?]') { $broken = "the path of this folder holds one of [ ] * ?; move it to another path" }
    if ($broken -eq '') { Import-Module -Name $module -Force -DisableNameChecking }
} catch { $broken = $_.Exception.Message }
if ($broken -ne '') { Write-Output -InputObject "REFUSED       $broken; nothing was changed"; exit 2 }

$step = @{
    Order = 20; Id = 'preflight-lync'; Kind = 'check'
    Title = 'Check the Lync topology'
    Bundle = 'contoso-pilots-integrate'; Script = 'scripts/20-lync-preflight-lync.ps1'; Shell = 'Skype for Business Server Management Shell'
    BackOut = ''
    Next = 'scripts\40-lync-trusted-application.ps1 (any computer of the deployment, Skype for Business Server Management Shell)'
}
$registrars = @('sfb-cph.contoso.com')
# Trusted application pools, from the topology. No computers: the pool FQDN is its own one computer.
$pools = @(
    @{ Fqdn = 'mail-cph.contoso.com'; Registrar = 'sfb-cph.contoso.com'; Site = 'Copenhagen'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @('cph-ex-01.contoso.com', 'cph-ex-02.contoso.com') }
)
# Servers whose UM services are colocated: Lync discovers them, so nothing may be entered by hand for them.
$discovered = @(
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2019'
    $lync = Get-LyncState
    & {
        Test-Registrar -State $lync -Registrar $registrars
        foreach ($pool in $pools) { Test-PlannedPool -State $lync -Pool $pool }
        foreach ($pool in $discovered) { Test-DiscoveredPool -State $lync -Pool $pool }
    } | Assert-Check
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
