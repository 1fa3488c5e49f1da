<#
.SYNOPSIS
Back-out of step 70: Restore the setting override and recycle OWA (bundle fabrikam-2019-integrate).

.DESCRIPTION
Where:    Exchange Management Shell on each of the 3 Mailbox servers in the table below, one after the other
Rights:   local administrator on the server (elevated shell); role group Organization Management, or one that
          includes New-, Set- and Remove-SettingOverride
Changes:  Removes the setting override if this change created it, else restores its captured parameters and
          scope. Then it refreshes and recycles OWA on that server. It takes effect for all servers of that
          override: begin on the server where step 70 ran first.
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
    Title = 'Restore the setting override and recycle OWA'
    Bundle = 'fabrikam-2019-integrate'; Script = 'back-out/70-exchange-im-settings.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'this script on the next Mailbox server; after the last one: back-out\60-exchange-owa-virtual-directories.ps1 (any computer, Exchange Management Shell of an Exchange 2019 server)'
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

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -Year '2019' -Command 'Get-SettingOverride', 'Set-SettingOverride', 'Remove-SettingOverride', 'Get-ExchangeDiagnosticInfo', 'Restart-WebAppPool'
    $server = Get-DeclaredServer -Server $servers -OwaPool $owaPools
    $override = @($overrides | Where-Object { $_.Name -eq $server.Override })[0]
    $target = "setting override $($override.Name)"
    $was = (Read-BeforeState)[$override.Name]
    $now = Get-OverrideState -Name $override.Name
    @(
        Get-Check -Passed (-not $was.Exists -or @($was.Parameters).Count -gt 0) -Subject $target -Good 'the captured state can be used' -Bad 'the captured state holds no parameters; restore the override by hand as the change record says'
        if ($server.Fqdn -ne $override.First) {
            $changed = $now.Reason -like "$($step.Bundle) on *" -and (Test-OverrideState -Name $override.Name -Wanted $override)
            Get-Check -Passed (-not $changed) -Advice:$WhatIfPreference -Subject $target -Good 'is no longer as this change made it' -Bad "is still as this change made it ($($now.Reason)); run this back-out on $($override.First) first, wait for Active Directory replication, then run it here"
        }
    ) | Assert-Check

    # Whoever took the override back, this server still has to read that.
    if (Test-Attempt) { 'override-refresh', 'owa-recycle' | ForEach-Object { Add-Mark -Name $_ } }
    if (Test-Attempt -Target $target) {
        Invoke-Change -Target $target -Action $(if ($was.Exists) { "restore $(@($was.Parameters) -join ', ')" } else { 'remove' }) -Test {
            Test-OverrideState -Name $override.Name -Wanted $was
        } -Change {
            if (-not $was.Exists) {
                Remove-SettingOverride -Identity $override.Name -Confirm:$false -ErrorAction Stop
            } elseif (@($was.Servers).Count -gt 0) {
                Set-SettingOverride -Identity $override.Name -Parameters $was.Parameters -Server $was.Servers -Reason $was.Reason -Confirm:$false -ErrorAction Stop
            } else {
                # It was for every server before. $null stands for that (Microsoft's page Set-SettingOverride).
                Set-SettingOverride -Identity $override.Name -Parameters $was.Parameters -Server $null -Reason $was.Reason -Confirm:$false -ErrorAction Stop
            }
        }
    }
    Invoke-OverrideRefresh -DeadlineSeconds 900
    Invoke-OwaRecycle
    Move-EvidenceToArchive
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
