<#
.SYNOPSIS
Back-out of step 70: Restore the setting override and recycle OWA (bundle contoso-pilots-integrate).

.DESCRIPTION
Where:    Exchange Management Shell on each of the 2 Mailbox servers in the table below, one after the other
Rights:   local administrator on the server (elevated shell); role group Organization Management, or one that
          includes New-, Set- and Remove-SettingOverride
Changes:  Removes the setting override if this change created it, else restores its captured parameters and
          scope. Then it refreshes and recycles OWA on that server. It takes effect for all servers of that
          override: begin on the first server after the canary, which gives the override back to the canary
          alone, and end on the canary.
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
    Bundle = 'contoso-pilots-integrate'; Script = 'back-out/70-exchange-im-settings.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'this script on the next Mailbox server, the canary last; after the last one: back-out\65-exchange-pilot-policy.ps1 (any computer, Exchange Management Shell of an Exchange 2019 server)'
}
# The OWA pools; Computers are those of the trusted application pool, PlanComing says that step 30 adds a SipName dial plan.
$owaPools = @{
    'mail-cph.contoso.com' = @{ Registrar = 'sfb-cph.contoso.com'; Colocated = $false; PlanComing = $false; Computers = @('cph-ex-01.contoso.com', 'cph-ex-02.contoso.com') }
}
# Their Mailbox servers, each with its certificate and the names under which Lync knows the server.
$servers = @(
    @{ Fqdn = 'cph-ex-01.contoso.com'; Thumbprint = '4D81E6027F9B35CA60D21E87B4F5C3A9180E762D'; Pool = 'mail-cph.contoso.com'; Known = @('mail-cph.contoso.com', 'cph-ex-01.contoso.com'); Override = 'OWA IM mail-cph.contoso.com' }
    @{ Fqdn = 'cph-ex-02.contoso.com'; Thumbprint = '4D81E6027F9B35CA60D21E87B4F5C3A9180E762D'; Pool = 'mail-cph.contoso.com'; Known = @('mail-cph.contoso.com', 'cph-ex-02.contoso.com'); Override = 'OWA IM mail-cph.contoso.com' }
)
# The setting overrides. First is the server whose run writes it, Servers is its scope, TakenOver: it is there already.
# Canary is the server whose run writes it before First, for itself alone.
$overrides = @(
    @{ Name = 'OWA IM mail-cph.contoso.com'; First = 'cph-ex-01.contoso.com'; Canary = 'cph-ex-02.contoso.com'; TakenOver = $false; Exists = $true; Parameters = @('IMServerName=sfb-cph.contoso.com', 'IMCertificateThumbprint=4D81E6027F9B35CA60D21E87B4F5C3A9180E762D'); Servers = @('cph-ex-01', 'cph-ex-02') }
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
