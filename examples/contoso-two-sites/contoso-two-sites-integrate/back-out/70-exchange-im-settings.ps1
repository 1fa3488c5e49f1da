<#
.SYNOPSIS
Back-out of step 70: Restore web.config and recycle OWA (bundle contoso-two-sites-integrate).

.DESCRIPTION
Where:    Exchange Management Shell on each of the 5 Mailbox servers in the table below, one after the other
Rights:   local administrator on the server (elevated shell); role group View-Only Organization Management or
          better
Changes:  Restores the captured web.config if nobody else has changed it since, else the two keys only. Then
          it recycles OWA.
Source:   P2, P8, P9, P10 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013"
          (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\back-out\70-exchange-im-settings.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 70; Id = 'im-settings'; Kind = 'back-out'
    Title = 'Restore web.config and recycle OWA'
    Bundle = 'contoso-two-sites-integrate'; Script = 'back-out/70-exchange-im-settings.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'this script on the next Mailbox server; after the last one: back-out\60-exchange-owa-virtual-directories.ps1 (any computer, Exchange Management Shell of an Exchange 2013 server)'
}
# The OWA pools; Computers are those of the trusted application pool, PlanComing says that step 30 adds a SipName dial plan.
$owaPools = @{
    'owa-dub.contoso.com' = @{ Registrar = 'lync-dub.contoso.com'; Colocated = $false; PlanComing = $true; Computers = @() }
    'owa-sin.contoso.com' = @{ Registrar = 'lync-sin.contoso.com'; Colocated = $false; PlanComing = $true; Computers = @() }
}
# Their Mailbox servers, each with its certificate and the names under which Lync knows the server.
$servers = @(
    @{ Fqdn = 'dub-mbx-01.contoso.com'; Thumbprint = '3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2'; Pool = 'owa-dub.contoso.com'; Known = @('owa-dub.contoso.com', 'dub-mbx-01.contoso.com') }
    @{ Fqdn = 'dub-mbx-02.contoso.com'; Thumbprint = '3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2'; Pool = 'owa-dub.contoso.com'; Known = @('owa-dub.contoso.com', 'dub-mbx-02.contoso.com') }
    @{ Fqdn = 'dub-mbx-03.contoso.com'; Thumbprint = '8B61E07F45D2C93AA1F05B7C6E12D489B3C70F19'; Pool = 'owa-dub.contoso.com'; Known = @('owa-dub.contoso.com', 'dub-mbx-03.contoso.com') }
    @{ Fqdn = 'sin-mbx-01.contoso.com'; Thumbprint = 'D47C05B91E6A38F2C0D15E937BA4862F10E9C35B'; Pool = 'owa-sin.contoso.com'; Known = @('owa-sin.contoso.com', 'sin-mbx-01.contoso.com') }
    @{ Fqdn = 'sin-mbx-02.contoso.com'; Thumbprint = '60A8F3D2715BCE4490E7A1D86C39F5B2047E1DC8'; Pool = 'owa-sin.contoso.com'; Known = @('owa-sin.contoso.com', 'sin-mbx-02.contoso.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -Year '2013'
    $server = Get-DeclaredServer -Server $servers -OwaPool $owaPools
    $path = Get-OwaWebConfig
    $setting = Get-CapturedSetting
    Test-WebConfigFile -Path $path -Setting $setting | Assert-Check

    $target = "web.config of OWA on $($server.Fqdn)"
    if (-not (Test-Attempt -Target $target)) {
        Write-Line -Status 'OK' -Text "${target}: this change did not touch it"
    } else {
        if (-not (Test-WebConfigSetting -Path $path -Setting $setting)) { Test-CapturedFile -Path $path | Assert-Check }
        Invoke-Change -Target $target -Action "restore IMCertificateThumbprint '$($setting.IMCertificateThumbprint)', IMServerName '$($setting.IMServerName)'" -Mark 'owa-recycle' -Test {
            Test-WebConfigSetting -Path $path -Setting $setting
        } -Change {
            Restore-WebConfig -Path $path -Setting $setting
        }
    }
    Invoke-OwaRecycle
    Move-EvidenceToArchive
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
