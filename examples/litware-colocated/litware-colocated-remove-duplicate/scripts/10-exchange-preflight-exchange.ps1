<#
.SYNOPSIS
Step 10: Prove that the servers are discovered without the entry (bundle litware-colocated-remove-duplicate).

.DESCRIPTION
Where:    Exchange Management Shell on the Mailbox server atl-owa-001.litwareinc.com itself
Rights:   local administrator on the server (elevated shell); role group View-Only Organization Management or
          better
Why:      Lync discovers a server only if it has both UM services and a SipName dial plan. Any other server
          needs the entry.
Impact:   None: read-only.
Back-out: Nothing to undo: the step only reads.
Source:   P2 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket. Optional: this script only reads.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\scripts\10-exchange-preflight-exchange.ps1 -ApprovedDigest <digest>
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
    Order = 10; Id = 'preflight-exchange'; Kind = 'check'
    Title = 'Prove that the servers are discovered without the entry'
    Bundle = 'litware-colocated-remove-duplicate'; Script = 'scripts/10-exchange-preflight-exchange.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'scripts\20-lync-preflight-lync.ps1 (any computer of the deployment, Lync Server Management Shell)'
}
# The OWA pools whose UM services are colocated, and their Mailbox servers.
$owaPools = @{
    'atl-owa-001.litwareinc.com' = @{ Registrar = 'atl-cs-001.litwareinc.com'; Colocated = $true; PlanComing = $false; Computers = @() }
}
$servers = @(
    @{ Fqdn = 'atl-owa-001.litwareinc.com'; Pool = 'atl-owa-001.litwareinc.com' }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -Year '2013' -Command 'Get-UMDialPlan', 'Get-UMService', 'Get-UMCallRouterSettings'
    $server = Get-DeclaredServer -Server $servers -OwaPool $owaPools
    @(
        Test-UmServiceOnHost
        Test-UmColocation -Server $server.Fqdn
    ) | Assert-Check
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
