<#
.SYNOPSIS
Step 10: Check what is to be removed on the Exchange servers (bundle fabrikam-2019-retire).

.DESCRIPTION
Where:    Exchange Management Shell on each of the 3 Mailbox servers in the table below, one after the other
Rights:   local administrator on the server (elevated shell); role group View-Only Organization Management or
          better
Why:      Only what belongs to this integration is removed: keys that name its Lync pool, overrides for its
          servers only. Certificates may have expired: they are not checked.
Impact:   None: read-only.
Back-out: Nothing to undo: the step only reads.
Source:   P8, P11, P13 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
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
    Title = 'Check what is to be removed on the Exchange servers'
    Bundle = 'fabrikam-2019-retire'; Script = 'scripts/10-exchange-preflight-exchange.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'this script on the next Mailbox server; after the last one: scripts\20-lync-preflight-lync.ps1 (any computer of the deployment, Skype for Business Server Management Shell)'
}
# The OWA pools; Computers are those of the trusted application pool, PlanComing says that step 30 adds a SipName dial plan.
$owaPools = @{
    'mail.fabrikam.com' = @{ Registrar = 'sfb-pool.fabrikam.com'; Colocated = $false; PlanComing = $false; Computers = @('lis-ex-01.fabrikam.com', 'lis-ex-02.fabrikam.com', 'lis-ex-03.fabrikam.com') }
}
# Their Mailbox servers, each with its certificate and the names under which Lync knows the server.
$servers = @(
    @{ Fqdn = 'lis-ex-01.fabrikam.com'; Thumbprint = '94D1F7A3580C2BE6671F0D39CE58A4B27A83D5E0'; Pool = 'mail.fabrikam.com'; Known = @('mail.fabrikam.com', 'lis-ex-01.fabrikam.com'); Override = 'OWA IM mail.fabrikam.com' }
    @{ Fqdn = 'lis-ex-02.fabrikam.com'; Thumbprint = '94D1F7A3580C2BE6671F0D39CE58A4B27A83D5E0'; Pool = 'mail.fabrikam.com'; Known = @('mail.fabrikam.com', 'lis-ex-02.fabrikam.com'); Override = 'OWA IM mail.fabrikam.com' }
    @{ Fqdn = 'lis-ex-03.fabrikam.com'; Thumbprint = '94D1F7A3580C2BE6671F0D39CE58A4B27A83D5E0'; Pool = 'mail.fabrikam.com'; Known = @('mail.fabrikam.com', 'lis-ex-03.fabrikam.com'); Override = 'OWA IM mail.fabrikam.com' }
)
# The setting overrides. First is the server whose run writes it, Servers is its scope, TakenOver: it is there already.
$overrides = @(
    @{ Name = 'OWA IM mail.fabrikam.com'; First = 'lis-ex-01.fabrikam.com'; TakenOver = $false; Exists = $true; Parameters = @('IMServerName=sfb-pool.fabrikam.com', 'IMCertificateThumbprint=94D1F7A3580C2BE6671F0D39CE58A4B27A83D5E0'); Servers = @('lis-ex-01', 'lis-ex-02', 'lis-ex-03') }
)
# Whose OWA virtual directories are set.
$clientAccess = @('lis-ex-01.fabrikam.com', 'lis-ex-02.fabrikam.com', 'lis-ex-03.fabrikam.com')

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -AnyBuild -Year '2019' -Command 'Get-OwaVirtualDirectory', 'Get-OwaMailboxPolicy', 'Get-SettingOverride', 'Get-ExchangeDiagnosticInfo'
    [void](Get-DeclaredServer -Server $servers -OwaPool $owaPools)
    $policies = @('Default')
    @(
        foreach ($override in $overrides) { Test-OverrideRemoval -Override $override -Declared @($servers | ForEach-Object { Get-ShortName -Fqdn $_.Fqdn }) }
        foreach ($name in $clientAccess) { Test-OwaDirectory -Server $name -Year '2019' }
        foreach ($name in $policies) { Test-OwaPolicy -Name $name }
        Test-OtherMessaging -Own @($clientAccess | ForEach-Object { Get-OwaDirectory -Server $_ }) -Policy $policies
    ) | Assert-Check
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
