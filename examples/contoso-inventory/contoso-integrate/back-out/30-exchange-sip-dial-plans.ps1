<#
.SYNOPSIS
Back-out of step 30: Remove the servers from the SipName dial plans (bundle contoso-integrate).

.DESCRIPTION
Where:    the computer that ran step 30, where the before-state is (any computer, Exchange Management Shell of
          an Exchange 2013 server)
Rights:   role group Organization Management, or one that includes Set-UMService and Set-UMCallRouterSettings
          (elevated shell)
Changes:  Removes from each server only the dial plans that this change added to it.
Source:   P6 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\back-out\30-exchange-sip-dial-plans.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 30; Id = 'sip-dial-plans'; Kind = 'back-out'
    Title = 'Remove the servers from the SipName dial plans'
    Bundle = 'contoso-integrate'; Script = 'back-out/30-exchange-sip-dial-plans.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'the way back is complete'
}
# Who goes into which SipName dial plans; no plan named stands for all of them.
$members = @(
    @{ Server = 'cork-mbx-01.contoso.com'; Role = 'UM'; Plans = @('Cork plan') }
    @{ Server = 'cork-mbx-01.contoso.com'; Role = 'Router'; Plans = @('Cork plan') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeShell -Year '2013' -Command 'Get-UMDialPlan', 'Get-UMService', 'Get-UMCallRouterSettings', 'Set-UMService', 'Set-UMCallRouterSettings'
    $before = Read-BeforeState
    foreach ($member in $members) {
        $target = "$($member.Role) $($member.Server)"
        # Only what this change added: captured, not a member then, attempted here.
        $added = @($before.GetEnumerator() | ForEach-Object { $_.Value } | Where-Object { $_.Server -eq $member.Server -and $_.Role -eq $member.Role -and -not $_.Member } | ForEach-Object { $_.Plan } | Sort-Object)
        if ($added.Count -eq 0 -or -not (Test-Attempt -Target $target)) { continue }
        if (@(Get-UmHolder -Server $member.Server -Role $member.Role).Count -eq 0) {
            Write-Line -Status 'WARNING' -Text "${target}: no longer exists, so there is nothing to remove"
            continue
        }
        $present = @(Get-ServerSipPlan -Server $member.Server -Role $member.Role)
        $remove = @($added | Where-Object { $present -contains $_ })
        Invoke-Change -Target $target -Action "remove from the dial plan(s) $($added -join ', ')" -Test {
            $now = @(Get-ServerSipPlan -Server $member.Server -Role $member.Role)
            @($added | Where-Object { $now -contains $_ }).Count -eq 0
        } -Change {
            if ($member.Role -eq 'UM') {
                Set-UMService -Identity (Get-ShortName -Fqdn $member.Server) -DialPlans @{ Remove = $remove } -Confirm:$false -ErrorAction Stop
            } else {
                Set-UMCallRouterSettings -Server $member.Server -DialPlans @{ Remove = $remove } -Confirm:$false -ErrorAction Stop
            }
        }
    }
    Move-EvidenceToArchive
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
