<#
.SYNOPSIS
Step 40: Remove the duplicate trusted application and its pool (bundle litware-colocated-remove-duplicate).

.DESCRIPTION
Where:    any computer of the deployment, Lync Server Management Shell
Rights:   RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)
Why:      Lync discovers these servers. With a manual entry as well each has two entries, and the integration
          stops working.
Impact:   Destructive: the trusted application pool is removed with its computers and its application. No user
          notices it before step 50. The script saves a configuration export that contains secrets. Restrict
          access to it.
Back-out: back-out\40-lync-trusted-application.ps1: Creates the pool, its computers and the application again
          from the captured state, then enables the topology and waits for replication.
Source:   P2 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
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
    Title = 'Remove the duplicate trusted application and its pool'
    Bundle = 'litware-colocated-remove-duplicate'; Script = 'scripts/40-lync-trusted-application.ps1'; Shell = 'Lync Server Management Shell'
    BackOut = 'back-out\40-lync-trusted-application.ps1'
    Next = 'scripts\50-lync-enable-topology.ps1 (any computer of the deployment, Lync Server Management Shell)'
}
$registrars = @('atl-cs-001.litwareinc.com')
# The trusted application pools that go. Only what is theirs may be in them: this application and these servers.
$entries = @(
    @{ Fqdn = 'atl-owa-001.litwareinc.com'; ApplicationId = 'OutlookWebApp'; Servers = @('atl-owa-001.litwareinc.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-LyncShell -Year '2013' -Command 'Get-CsTrustedApplicationEndpoint', 'Get-CsTopology', 'Export-CsConfiguration', 'Remove-CsTrustedApplicationPool', 'Remove-CsTrustedApplication'
    $lync = Get-LyncState
    & {
        # A change that broke off must be finished, so a late replica does not stop its second run.
        Test-Registrar -State $lync -Registrar $registrars -Advice:(Test-BeforeState)
        foreach ($pool in $entries) { Test-DuplicatePool -State $lync -Pool $pool }
    } | Assert-Check

    $state = @{}
    foreach ($pool in $entries) { $state[$pool.Fqdn] = Get-TrustedPool -State $lync -Fqdn $pool.Fqdn }
    Save-TopologySnapshot
    Save-BeforeState -State $state

    # -Force keeps the cmdlets from asking (Microsoft's pages of the cmdlets).
    foreach ($pool in $entries) {
        $existing = Get-TrustedPool -State $lync -Fqdn $pool.Fqdn
        foreach ($application in $existing.Applications) {
            $identity = Get-Identity -Subject $application
            Invoke-Change -Target "trusted application $($application.Id) of $($pool.Fqdn)" -Action 'remove' -Mark 'enable-topology' -Test {
                -not (Test-Trusted -Pool $pool.Fqdn -Id $application.Id)
            } -Change {
                Remove-CsTrustedApplication -Identity $identity -Force -Confirm:$false -ErrorAction Stop
            }
        }
        Invoke-Change -Target "trusted application pool $($pool.Fqdn)" -Action 'remove, with its computers' -Mark 'enable-topology' -Test {
            -not (Test-Trusted -Pool $pool.Fqdn)
        } -Change {
            Remove-CsTrustedApplicationPool -Identity $pool.Fqdn -Force -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
