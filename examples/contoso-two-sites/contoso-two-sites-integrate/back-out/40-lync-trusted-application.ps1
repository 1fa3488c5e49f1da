<#
.SYNOPSIS
Back-out of step 40: Remove the trusted application pool and the trusted application (bundle contoso-two-sites-integrate).

.DESCRIPTION
Where:    the computer that ran step 40, where the before-state is (any computer of the deployment, Skype for
          Business Server Management Shell)
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Changes:  Removes only what this change created. If that was something, it enables the topology and waits for
          replication.
Source:   P2, P3, P4 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
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
.\back-out\40-lync-trusted-application.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 40; Id = 'trusted-application'; Kind = 'back-out'
    Title = 'Remove the trusted application pool and the trusted application'
    Bundle = 'contoso-two-sites-integrate'; Script = 'back-out/40-lync-trusted-application.ps1'; Shell = 'Skype for Business Server Management Shell'
    BackOut = ''
    Next = 'back-out\30-exchange-sip-dial-plans.ps1 (any computer, Exchange Management Shell of an Exchange 2013 server)'
}
$registrars = @('lync-dub.contoso.com', 'lync-sin.contoso.com')
# Trusted application pools, from the topology. No computers: the pool FQDN is its own one computer.
$pools = @(
    @{ Fqdn = 'owa-dub.contoso.com'; Registrar = 'lync-dub.contoso.com'; Site = 'Dublin'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @() }
    @{ Fqdn = 'owa-sin.contoso.com'; Registrar = 'lync-sin.contoso.com'; Site = 'Singapore'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @() }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2015' -Command 'Get-CsTrustedApplicationEndpoint', 'Remove-CsTrustedApplicationPool', 'Remove-CsTrustedApplicationComputer', 'Remove-CsTrustedApplication', 'Enable-CsTopology'
    $before = Read-BeforeState
    $lync = Get-LyncState
    # Created by this change: not there before, and attempted here.
    $created = @($pools | Where-Object { $before.ContainsKey($_.Fqdn) -and -not $before[$_.Fqdn].Pool -and (Test-Attempt -Target "trusted application pool $($_.Fqdn)") } | ForEach-Object { $_.Fqdn })
    $added = @{}
    @(
        foreach ($pool in @($pools | Where-Object { $before.ContainsKey($_.Fqdn) })) {
            $whole = $created -contains $pool.Fqdn
            # A pool that this change created goes as a whole.
            $added[$pool.Fqdn] = @(if (-not $whole) { $pool.Computers | Where-Object { @($before[$pool.Fqdn].Computers) -notcontains $_ -and (Test-Attempt -Target "trusted application computer $_") } })
            $computers = @(if ($whole) { Get-PlannedComputer -Pool $pool } else { $added[$pool.Fqdn] })
            Test-PoolRemoval -State $lync -Fqdn $pool.Fqdn -Application $pool.ApplicationId -Computer $computers -Whole:$whole
        }
    ) | Assert-Check

    # -Force keeps the cmdlets from asking (Microsoft's pages of the cmdlets).
    foreach ($pool in @($pools | Where-Object { $before.ContainsKey($_.Fqdn) })) {
        $target = "trusted application $($pool.ApplicationId) of $($pool.Fqdn)"
        if (@($before[$pool.Fqdn].Applications) -notcontains $pool.ApplicationId -and (Test-Attempt -Target $target)) {
            Invoke-Change -Target $target -Action 'remove' -Mark 'enable-topology' -Test {
                -not (Test-Trusted -Pool $pool.Fqdn -Id $pool.ApplicationId)
            } -Change {
                $stored = @((Get-TrustedPool -State (Get-LyncState) -Fqdn $pool.Fqdn).Applications | Where-Object { $_.Id -eq $pool.ApplicationId })
                if ($stored.Count -ne 1) { throw "$($stored.Count) applications match, so none is removed" }
                Remove-CsTrustedApplication -Identity (Get-Identity -Subject $stored[0]) -Force -Confirm:$false -ErrorAction Stop
            }
        }
        foreach ($computer in $added[$pool.Fqdn]) {
            Invoke-Change -Target "trusted application computer $computer" -Action "remove from the pool $($pool.Fqdn)" -Mark 'enable-topology' -Test {
                -not (Test-Trusted -Pool $pool.Fqdn -Computer $computer)
            } -Change {
                Remove-CsTrustedApplicationComputer -Identity $computer -Force -Confirm:$false -ErrorAction Stop
            }
        }
        if ($created -contains $pool.Fqdn) {
            Invoke-Change -Target "trusted application pool $($pool.Fqdn)" -Action 'remove, with its computers' -Mark 'enable-topology' -Test {
                -not (Test-Trusted -Pool $pool.Fqdn)
            } -Change {
                Remove-CsTrustedApplicationPool -Identity $pool.Fqdn -Force -Confirm:$false -ErrorAction Stop
            }
        }
    }
    Invoke-TopologyEnabling -State $lync -Registrar $registrars -Anyway:$EnableAnyway -Change {
        Enable-CsTopology -Report (Get-ReportPath) -Confirm:$false -ErrorAction Stop
    }
    Move-EvidenceToArchive
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
