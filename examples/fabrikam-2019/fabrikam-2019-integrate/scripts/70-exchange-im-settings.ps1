<#
.SYNOPSIS
Step 70: Set the setting override and recycle OWA (bundle fabrikam-2019-integrate).

.DESCRIPTION
Where:    Exchange Management Shell on each of the 3 Mailbox servers in the table below, one after the other
Rights:   local administrator on the server (elevated shell); role group Organization Management, or one that
          includes New-, Set- and Remove-SettingOverride
Why:      Exchange 2019 reads the Lync pool and the certificate from a setting override in Active Directory
          and ignores web.config.
Impact:   OWA restarts on that server: open sessions are interrupted for up to a minute, and unsaved text can
          be lost. One server at a time. The setting override is only for the servers that this topology
          names.
Back-out: back-out\70-exchange-im-settings.ps1: Removes the setting override if this change created it, else
          restores its captured parameters and scope. Then it refreshes and recycles OWA on that server. It
          takes effect for all servers of that override: begin on the server where step 70 ran first.
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
    Title = 'Set the setting override and recycle OWA'
    Bundle = 'fabrikam-2019-integrate'; Script = 'scripts/70-exchange-im-settings.ps1'; Shell = 'Exchange Management Shell'
    BackOut = 'back-out\70-exchange-im-settings.ps1'
    Next = 'this script on the next Mailbox server; after the last one: scripts\80-exchange-mailbox-policies.ps1 (any computer, Exchange Management Shell of an Exchange 2019 server)'
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
# When the change window ends, in UTC; empty if the topology does not say.
$windowEnd = ''
# The setting overrides. First is the server whose run writes it, Servers is its scope, TakenOver: it is there already.
$overrides = @(
    @{ Name = 'OWA IM mail.fabrikam.com'; First = 'lis-ex-01.fabrikam.com'; TakenOver = $false; Exists = $true; Parameters = @('IMServerName=sfb-pool.fabrikam.com', 'IMCertificateThumbprint=94D1F7A3580C2BE6671F0D39CE58A4B27A83D5E0'); Servers = @('lis-ex-01', 'lis-ex-02', 'lis-ex-03') }
)
# Every Mailbox server of the topology, by the name that a scope has.
$declared = @($servers | ForEach-Object { Get-ShortName -Fqdn $_.Fqdn })

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -Year '2019' -Command 'Get-SettingOverride', 'New-SettingOverride', 'Set-SettingOverride', 'Get-ExchangeDiagnosticInfo', 'Restart-WebAppPool'
    $server = Get-DeclaredServer -Server $servers -OwaPool $owaPools
    $override = @($overrides | Where-Object { $_.Name -eq $server.Override })[0]
    $target = "setting override $($override.Name)"
    # Under -WhatIf the earlier overrides of this change may not be there yet.
    $ignore = @(if ($WhatIfPreference) { $overrides | ForEach-Object { $_.Name } })
    $effective = Get-EffectiveSetting
    @(
        Test-MailboxRole -Server $server
        Test-UcmaRuntime
        Test-RegistrarPort -Registrar $server.Registrar
        # The override takes effect for all of its servers, so the certificate has to be whole on all of them.
        foreach ($other in @($servers | Where-Object { $_.Override -eq $override.Name })) {
            Test-ImCertificate -Server (Get-DeclaredServer -Server $servers -OwaPool $owaPools -Fqdn $other.Fqdn) -WindowEnd $windowEnd
        }
        Test-Override -Override $override -Ignore $ignore -Declared $declared
        if ($server.Fqdn -ne $override.First) {
            # Two servers that both made it, each seeing its own domain controller, would make it twice.
            Get-Check -Passed (Test-OverrideState -Name $override.Name -Wanted $override) -Advice:$WhatIfPreference -Subject $target -Good 'is as planned' -Bad "is not as planned yet; run this script on $($override.First) first, and wait for Active Directory replication"
        }
    ) | Assert-Check

    $now = Get-OverrideState -Name $override.Name
    # Whether OWA here has taken over what this change set in another server's run cannot be read.
    if (-not (Test-BeforeState) -and ($now.Reason -like "$($step.Bundle) on *" -or $effective -ne (Get-StoredSetting))) {
        'override-refresh', 'owa-recycle' | ForEach-Object { Add-Mark -Name $_ }
    }
    Save-BeforeState -State @{ $override.Name = $now }

    $reason = "$($step.Bundle) on $($server.Fqdn)"
    Invoke-Change -Target $target -Action "set $($override.Parameters -join ', ') for $($override.Servers -join ', ')" -Mark 'override-refresh', 'owa-recycle' -Test {
        $server.Fqdn -ne $override.First -or (Test-OverrideState -Name $override.Name -Wanted $override)
    } -Change {
        # Both parameters always: setting one alone would drop the other. Always with a scope: without one it is for every server.
        if ($now.Exists) {
            Set-SettingOverride -Identity $override.Name -Parameters $override.Parameters -Server $override.Servers -Reason $reason -Confirm:$false -ErrorAction Stop
        } else {
            New-SettingOverride -Name $override.Name -Component OwaServer -Section IMSettings -Parameters $override.Parameters -Server $override.Servers -Reason $reason -Confirm:$false -ErrorAction Stop
        }
    }
    Invoke-OverrideRefresh -DeadlineSeconds 900
    Invoke-OwaRecycle
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
