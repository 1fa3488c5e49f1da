<#
.SYNOPSIS
Back-out of step 85: Create the trusted application pool and its application again (bundle litware-owa-im-retire).

.DESCRIPTION
Where:    the computer that ran step 85, where the before-state is (any computer of the deployment, Lync
          Server Management Shell)
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Changes:  Creates the pool, its computers and the application again from the captured state, then enables the
          topology and waits for replication.
Source:   P3, P4 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
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
.\back-out\85-lync-trusted-application.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 85; Id = 'trusted-application'; Kind = 'back-out'
    Title = 'Create the trusted application pool and its application again'
    Bundle = 'litware-owa-im-retire'; Script = 'back-out/85-lync-trusted-application.ps1'; Shell = 'Lync Server Management Shell'
    BackOut = ''
    Next = 'back-out\70-exchange-im-settings.ps1 (on each Mailbox server)'
}
$registrars = @('atl-cs-001.litwareinc.com')
# The trusted application pools that go. Only what is theirs may be in them: this application and these servers.
$entries = @(
    @{ Fqdn = 'atl-owa-001.litwareinc.com'; ApplicationId = 'OutlookWebApp'; Servers = @('atl-owa-001.litwareinc.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2013' -Command 'New-CsTrustedApplicationPool', 'New-CsTrustedApplicationComputer', 'New-CsTrustedApplication', 'Enable-CsTopology'
    $before = Read-BeforeState
    $lync = Get-LyncState
    # Removed by this change: there before, and the pool or something of it attempted here.
    $removed = @($entries | ForEach-Object { $_.Fqdn } | Where-Object { $before.ContainsKey($_) -and $before[$_].Exists } | Where-Object {
            $fqdn = $_
            $parts = @($before[$fqdn].Applications | ForEach-Object { "trusted application $($_.Id) of $fqdn" }) + @($before[$fqdn].Computers | ForEach-Object { "trusted application computer $_" })
            @(@("trusted application pool $fqdn") + $parts | Where-Object { Test-Attempt -Target $_ }).Count -gt 0
        })
    $removed | ForEach-Object { Test-CapturedPool -State $lync -Fqdn $_ -Captured $before[$_] } | Assert-Check

    # -Force keeps the cmdlets from asking, for example about a name without a computer account (Microsoft's pages of the cmdlets).
    foreach ($fqdn in $removed) {
        $was = $before[$fqdn]
        $pool = @{
            Identity = $fqdn; Registrar = $was.Registrar; Site = Get-CapturedSiteId -State $lync -Captured $was; RequiresReplication = $was.RequiresReplication
            ThrottleAsServer = $was.ThrottleAsServer; TreatAsAuthenticated = $was.TreatAsAuthenticated; OutboundOnly = $was.OutboundOnly
        }
        foreach ($port in @(Get-CapturedPort -Captured $was)) { $pool[$port.Name] = $port.Value }
        # A pool that was its own one computer was made without -ComputerFqdn.
        $computers = @($was.Computers | Where-Object { $_ -ne $fqdn })
        if ($computers.Count -gt 0) { $pool['ComputerFqdn'] = $computers[0] }
        Invoke-Change -Target "trusted application pool $fqdn" -Action "create with the registrar $($pool.Registrar) in the site $($pool.Site)" -Mark 'enable-topology' -Test {
            Test-Trusted -Pool $fqdn
        } -Change {
            New-CsTrustedApplicationPool @pool -Force -Confirm:$false -ErrorAction Stop
        }
        foreach ($computer in $computers) {
            Invoke-Change -Target "trusted application computer $computer" -Action "add to the pool $fqdn" -Mark 'enable-topology' -Test {
                Test-Trusted -Pool $fqdn -Computer $computer
            } -Change {
                New-CsTrustedApplicationComputer -Identity $computer -Pool $fqdn -Force -Confirm:$false -ErrorAction Stop
            }
        }
        foreach ($application in @($was.Applications)) {
            Invoke-Change -Target "trusted application $($application.Id) of $fqdn" -Action "create with the port $($application.Port)" -Mark 'enable-topology' -Test {
                Test-Trusted -Pool $fqdn -Id $application.Id
            } -Change {
                New-CsTrustedApplication -ApplicationId $application.Id -TrustedApplicationPoolFqdn $fqdn -Port $application.Port -Force -Confirm:$false -ErrorAction Stop
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
