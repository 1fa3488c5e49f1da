<#
.SYNOPSIS
Back-out of step 40 of contoso-2016-integrate: Create the trusted application pool and the trusted application.

.DESCRIPTION
Where:    any computer of the deployment, Skype for Business Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Changes:  Removes only the application, computers and pool that this change created, then enables the topology
          itself and waits for replication.
Source:   P2, P3, P4 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for before-states, marks and logs; 'evidence' in the bundle if left out. Use the same one for all scripts.

.EXAMPLE
.\back-out\40-lync-trusted-application.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 40; Id = 'trusted-application'; Kind = 'back-out'; Title = 'Create the trusted application pool and the trusted application'
    BackOut = ''
    Next = 'back-out\30-exchange-sip-dial-plans.ps1 (any Exchange 2016 server of the organisation, Exchange Management Shell)'
}
$registrars = @('sfb-fra.contoso.com')
# Trusted application pools, from the topology. No computers: the pool FQDN is its own one computer.
$pools = @(
    @{ Fqdn = 'mail-fra.contoso.com'; Registrar = 'sfb-fra.contoso.com'; Site = 'Frankfurt'; ApplicationId = 'OutlookWebApp'; Port = 5199; Computers = @('fra-ex-01.contoso.com', 'fra-ex-02.contoso.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Bundle $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2019' -Command 'Get-CsSite', 'Get-CsPool', 'Get-CsComputer', 'Get-CsServerVersion', 'Get-CsTrustedApplicationPool', 'Get-CsTrustedApplicationComputer', 'Get-CsTrustedApplication', 'Get-CsTrustedApplicationEndpoint', 'Remove-CsTrustedApplicationPool', 'Remove-CsTrustedApplicationComputer', 'Remove-CsTrustedApplication', 'Enable-CsTopology'
    $before = Read-BeforeState
    $lync = Get-LyncState
    # Created by this change: not there before, and attempted here.
    $created = @($pools | Where-Object { $before.ContainsKey($_.Fqdn) -and -not $before[$_.Fqdn].Pool -and (Test-Attempt -Target "trusted application pool $($_.Fqdn)") })
    $pools | Where-Object { $before.ContainsKey($_.Fqdn) } | ForEach-Object { Test-PoolRemoval -State $lync -Pool $_ -Whole:($created -contains $_) } | Assert-Check

    foreach ($pool in @($pools | Where-Object { $before.ContainsKey($_.Fqdn) })) {
        $was = $before[$pool.Fqdn]
        $target = "trusted application $($pool.ApplicationId) of $($pool.Fqdn)"
        if (@($was.Applications) -notcontains $pool.ApplicationId -and (Test-Attempt -Target $target)) {
            Invoke-Change -Target $target -Action 'remove' -Mark 'enable-topology' -Test {
                @(Get-CsTrustedApplication -ErrorAction Stop | Where-Object { $_.TrustedApplicationPoolFqdn -eq $pool.Fqdn -and (Get-ApplicationName -Application $_) -eq $pool.ApplicationId }).Count -eq 0
            } -Change {
                $stored = @(Get-CsTrustedApplication -ErrorAction Stop | Where-Object { $_.TrustedApplicationPoolFqdn -eq $pool.Fqdn -and (Get-ApplicationName -Application $_) -eq $pool.ApplicationId })
                if ($stored.Count -ne 1 -or "$($stored[0].Identity)" -eq '') { throw "$($stored.Count) applications match; remove none" }
                Remove-CsTrustedApplication -Identity $stored[0].Identity -Confirm:$false -ErrorAction Stop
            }
        }
        foreach ($computer in $pool.Computers) {
            $target = "trusted application computer $computer"
            # A pool that this change created goes as a whole.
            if ($created -contains $pool -or @($was.Computers) -contains $computer -or -not (Test-Attempt -Target $target)) { continue }
            Invoke-Change -Target $target -Action "remove from the pool $($pool.Fqdn)" -Mark 'enable-topology' -Test {
                @(Get-CsTrustedApplicationComputer -ErrorAction Stop | Where-Object { $_.Fqdn -eq $computer -and $_.Pool -eq $pool.Fqdn }).Count -eq 0
            } -Change {
                Remove-CsTrustedApplicationComputer -Identity $computer -Confirm:$false -ErrorAction Stop
            }
        }
        if ($created -contains $pool) {
            Invoke-Change -Target "trusted application pool $($pool.Fqdn)" -Action 'remove, with its computers' -Mark 'enable-topology' -Test {
                @(Get-CsTrustedApplicationPool -ErrorAction Stop | Where-Object { $_.PoolFqdn -eq $pool.Fqdn }).Count -eq 0
            } -Change {
                Remove-CsTrustedApplicationPool -Identity $pool.Fqdn -Confirm:$false -ErrorAction Stop
            }
        }
    }
    # Where step 40 never attempted anything, enabling would only make other people's changes live.
    if (-not (Test-Attempt)) { Clear-Mark -Name 'enable-topology' }
    if (Test-Mark -Name 'enable-topology') { Write-Line -Status 'WARNING' -Text 'Enable-CsTopology enables whatever was last published, also pending changes of other people' }
    Invoke-FollowUp -Mark 'enable-topology' -Target 'Lync topology' -Action 'enable' -Change {
        Enable-CsTopology -Confirm:$false -ErrorAction Stop
    }
    Wait-Replication -Registrar $registrars -DeadlineSeconds 900
    Move-EvidenceToArchive
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
