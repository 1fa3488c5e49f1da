<#
.SYNOPSIS
Step 70: Write the new thumbprint into web.config and recycle OWA (bundle litware-owa-im-renew-certificate).

.DESCRIPTION
Where:    Exchange Management Shell on the Mailbox server atl-owa-001.litwareinc.com itself
Rights:   local administrator on the server (elevated shell); role group View-Only Organization Management or
          better
Why:      OWA presents to Lync the certificate whose thumbprint is in web.config. atl-owa-001.litwareinc.com:
          EA5A332496CC05DA69B75B66111C0F78A110D22D replaces 3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2.
Impact:   The interruption begins when web.config is written. OWA restarts on that server: open sessions are
          interrupted for up to a minute, and unsaved text can be lost. One server at a time. A later
          cumulative update of Exchange overwrites web.config.
Back-out: back-out\70-exchange-im-settings.ps1: Restores the captured web.config if nobody else has changed it
          since, else the two keys only. Then it recycles OWA. Keep the old certificate until the change is
          closed.
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
.\scripts\70-exchange-im-settings.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 70; Id = 'im-settings'; Kind = 'change'
    Title = 'Write the new thumbprint into web.config and recycle OWA'
    Bundle = 'litware-owa-im-renew-certificate'; Script = 'scripts/70-exchange-im-settings.ps1'; Shell = 'Exchange Management Shell'
    BackOut = 'back-out\70-exchange-im-settings.ps1'
    Next = 'scripts\90-exchange-verify-exchange.ps1 (on each Mailbox server)'
}
# The OWA pools; Computers are those of the trusted application pool, PlanComing says that step 30 adds a SipName dial plan.
$owaPools = @{
    'atl-owa-001.litwareinc.com' = @{ Registrar = 'atl-cs-001.litwareinc.com'; Colocated = $false; PlanComing = $false; Computers = @() }
}
# Their Mailbox servers, each with its certificate and the names under which Lync knows the server.
$servers = @(
    @{ Fqdn = 'atl-owa-001.litwareinc.com'; Thumbprint = 'EA5A332496CC05DA69B75B66111C0F78A110D22D'; Pool = 'atl-owa-001.litwareinc.com'; Known = @('atl-owa-001.litwareinc.com') }
)
# When the change window ends, in UTC; empty if the topology does not say.
$windowEnd = ''

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -Year '2013' -Command 'Get-UMDialPlan', 'Get-UMService', 'Get-UMCallRouterSettings'
    $server = Get-DeclaredServer -Server $servers -OwaPool $owaPools
    $path = Get-OwaWebConfig
    $setting = Get-ImSetting -Server $server
    @(
        Test-MailboxRole -Server $server
        Test-UcmaRuntime
        Test-ImCertificate -Server $server -WindowEnd $windowEnd
        Test-RegistrarPort -Registrar $server.Registrar
        Test-WebConfigFile -Path $path -Setting $setting
        Test-SettingBase -Server $server
        if ($server.Colocated) {
            Test-UmServiceOnHost
            Test-UmColocation -Server $server.Fqdn -PlanComing:($server.PlanComing -and $WhatIfPreference)
        } else {
            Test-DoubleEntry -Name (@($server.Pool) + $server.Computers)
        }
    ) | Assert-Check

    Save-WebConfigState -Path $path
    # The interruption begins with this write: ASP.NET restarts OWA when its web.config changes.
    Invoke-Change -Target "web.config of OWA on $($server.Fqdn)" -Action "set IMCertificateThumbprint $($server.Thumbprint), IMServerName $($server.Registrar)" -Mark 'owa-recycle' -Test {
        Test-WebConfigSetting -Path $path -Setting $setting
    } -Change {
        Write-WebConfig -Path $path -Setting $setting
    }
    Invoke-OwaRecycle
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
