<#
.SYNOPSIS
Back-out of step 40 of contoso-2016-remove-duplicate: Remove the duplicate trusted application and its pool.

.DESCRIPTION
Where:    any computer of the deployment, Skype for Business Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Changes:  Creates the pool, its computers and the application again from the captured state, then enables the
          topology itself and waits for replication.
Source:   P2 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
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
    Order = 40; Id = 'trusted-application'; Kind = 'back-out'; Title = 'Remove the duplicate trusted application and its pool'
    BackOut = ''
    Next = 'the way back is complete'
}
$registrars = @('sfb-osl.contoso.com')
# Servers whose UM services are colocated: Lync discovers them, so nothing may be entered by hand for them.
$discovered = @(
    @{ Fqdn = 'mail-osl.contoso.com'; ApplicationId = 'OutlookWebApp'; Servers = @('mail-osl.contoso.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Bundle $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2019' -Command 'Get-CsSite', 'Get-CsPool', 'Get-CsComputer', 'Get-CsServerVersion', 'Get-CsTrustedApplicationPool', 'Get-CsTrustedApplicationComputer', 'Get-CsTrustedApplication', 'New-CsTrustedApplicationPool', 'New-CsTrustedApplicationComputer', 'New-CsTrustedApplication', 'Enable-CsTopology'
    $before = Read-BeforeState
    $lync = Get-LyncState
    foreach ($pool in @($discovered | Where-Object { $before.ContainsKey($_.Fqdn) -and $before[$_.Fqdn].Exists })) {
        $was = $before[$pool.Fqdn]
        # Only what this change removed: there before, and the pool or one of its applications attempted here.
        $targets = @("trusted application pool $($pool.Fqdn)") + @($was.Applications | ForEach-Object { "trusted application $($_.Id) of $($pool.Fqdn)" })
        if (@($targets | Where-Object { Test-Attempt -Target $_ }).Count -eq 0) { continue }
        # Evidence of version 0.1.0 holds the identity of the site instead of its SiteId.
        $siteId = if ($was.PSObject.Properties['SiteId']) { $was.SiteId } else { Get-SiteId -State $lync -Identity $was.Site }
        if ($siteId -eq '') { throw "trusted application pool $($pool.Fqdn): the captured site does not exist any more; see Get-CsSite" }
        # A pool that was its own one computer was made without -ComputerFqdn.
        $computers = @($was.Computers | Where-Object { $_ -ne $pool.Fqdn })
        Invoke-Change -Target "trusted application pool $($pool.Fqdn)" -Action "create with the registrar $($was.Registrar) in the site $siteId" -Mark 'enable-topology' -Test {
            @(Get-CsTrustedApplicationPool -ErrorAction Stop | Where-Object { $_.PoolFqdn -eq $pool.Fqdn }).Count -eq 1
        } -Change {
            if ($computers.Count -eq 0) {
                New-CsTrustedApplicationPool -Identity $pool.Fqdn -Registrar $was.Registrar -Site $siteId -RequiresReplication $was.RequiresReplication -ThrottleAsServer $was.ThrottleAsServer -TreatAsAuthenticated $was.TreatAsAuthenticated -OutboundOnly $was.OutboundOnly -Confirm:$false -ErrorAction Stop
            } else {
                New-CsTrustedApplicationPool -Identity $pool.Fqdn -Registrar $was.Registrar -Site $siteId -RequiresReplication $was.RequiresReplication -ThrottleAsServer $was.ThrottleAsServer -TreatAsAuthenticated $was.TreatAsAuthenticated -OutboundOnly $was.OutboundOnly -ComputerFqdn $computers[0] -Confirm:$false -ErrorAction Stop
            }
        }
        foreach ($computer in $computers) {
            Invoke-Change -Target "trusted application computer $computer" -Action "add to the pool $($pool.Fqdn)" -Mark 'enable-topology' -Test {
                @(Get-CsTrustedApplicationComputer -ErrorAction Stop | Where-Object { $_.Fqdn -eq $computer -and $_.Pool -eq $pool.Fqdn }).Count -eq 1
            } -Change {
                New-CsTrustedApplicationComputer -Identity $computer -Pool $pool.Fqdn -Confirm:$false -ErrorAction Stop
            }
        }
        foreach ($application in @($was.Applications)) {
            Invoke-Change -Target "trusted application $($application.Id) of $($pool.Fqdn)" -Action "create with the port $($application.Port)" -Mark 'enable-topology' -Test {
                @(Get-CsTrustedApplication -ErrorAction Stop | Where-Object { $_.TrustedApplicationPoolFqdn -eq $pool.Fqdn -and (Get-ApplicationName -Application $_) -eq $application.Id }).Count -eq 1
            } -Change {
                New-CsTrustedApplication -ApplicationId $application.Id -TrustedApplicationPoolFqdn $pool.Fqdn -Port $application.Port -Confirm:$false -ErrorAction Stop
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
