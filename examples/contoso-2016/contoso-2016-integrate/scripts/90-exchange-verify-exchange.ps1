<#
.SYNOPSIS
Step 90: Verify on the Exchange servers (bundle contoso-2016-integrate).

.DESCRIPTION
Where:    Exchange Management Shell on each of the 3 Mailbox servers in the table below, one after the other
Rights:   local administrator on the server (elevated shell); role group View-Only Organization Management or
          better
Why:      OWA writes event 112 at the first sign-in after the recycle. Before this step, sign in once with a
          user whose mailbox is active on that server.
Impact:   None: read-only.
Back-out: Nothing to undo: the step only reads.
Source:   P12, P14 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket. Optional: this script only reads.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\scripts\90-exchange-verify-exchange.ps1 -ApprovedDigest <digest>
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
    Order = 90; Id = 'verify-exchange'; Kind = 'verify'
    Title = 'Verify on the Exchange servers'
    Bundle = 'contoso-2016-integrate'; Script = 'scripts/90-exchange-verify-exchange.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'this script on the next Mailbox server; after the last one: scripts\95-lync-verify-lync.ps1 (any computer of the deployment, Skype for Business Server Management Shell)'
}
# The OWA pools; Computers are those of the trusted application pool, PlanComing says that step 30 adds a SipName dial plan.
$owaPools = @{
    'mail-fra.contoso.com' = @{ Registrar = 'sfb-fra.contoso.com'; Colocated = $false; PlanComing = $false; Computers = @('fra-ex-01.contoso.com', 'fra-ex-02.contoso.com') }
    'mail-osl.contoso.com' = @{ Registrar = 'sfb-osl.contoso.com'; Colocated = $true; PlanComing = $true; Computers = @() }
}
# Their Mailbox servers, each with its certificate and the names under which Lync knows the server.
$servers = @(
    @{ Fqdn = 'fra-ex-01.contoso.com'; Thumbprint = '7C40B2E91D5A386F0E27C4918BD36A5FF1049E23'; Pool = 'mail-fra.contoso.com'; Known = @('mail-fra.contoso.com', 'fra-ex-01.contoso.com'); Override = 'OWA IM mail-fra.contoso.com' }
    @{ Fqdn = 'fra-ex-02.contoso.com'; Thumbprint = '7C40B2E91D5A386F0E27C4918BD36A5FF1049E23'; Pool = 'mail-fra.contoso.com'; Known = @('mail-fra.contoso.com', 'fra-ex-02.contoso.com'); Override = 'OWA IM mail-fra.contoso.com' }
    @{ Fqdn = 'mail-osl.contoso.com'; Thumbprint = '1B9E6D70C38F42A5D6014C7EF8923B5A60D7E41C'; Pool = 'mail-osl.contoso.com'; Known = @('mail-osl.contoso.com'); Override = 'OWA IM mail-osl.contoso.com' }
)
# When the change window ends, in UTC; empty if the topology does not say.
$windowEnd = ''
# Whose OWA virtual directories are set.
$clientAccess = @('fra-ex-01.contoso.com', 'fra-ex-02.contoso.com', 'mail-osl.contoso.com')
# The pilot users: the address of the mailbox, and the SIP address.
$pilots = @(
    @{ Mailbox = 'lena.vogt@contoso.com'; Sip = 'lena.vogt@contoso.com' }
    @{ Mailbox = 'henrik.dahl@contoso.com'; Sip = 'henrik.dahl@contoso.com' }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeServer -Year '2016' -Command 'Get-OwaVirtualDirectory', 'Get-OwaMailboxPolicy', 'Get-ServerHealth', 'Get-Mailbox', 'Get-MailboxDatabase', 'Get-CASMailbox', 'Get-SettingOverride', 'Get-ExchangeDiagnosticInfo'
    $server = Get-DeclaredServer -Server $servers -OwaPool $owaPools
    $policies = @('Default', 'Branch offices')
    $directoryObjects = @($clientAccess | ForEach-Object { Get-OwaDirectory -Server $_ })
    $policyObjects = @($policies | ForEach-Object { Get-OwaMailboxPolicy -Identity $_ -ErrorAction Stop })
    @(
        Test-FinishedServer -Server $server
        Test-ImCertificate -Server $server -WindowEnd $windowEnd
        foreach ($name in $clientAccess) { Test-OwaDirectory -Server $name -Year '2016' }
        foreach ($directory in $directoryObjects) {
            Get-Check -Passed (Test-Messaging -Subject $directory -Enabled $true -Type 'Ocs') -Subject "OWA virtual directory $($directory.Identity)" -Good 'has instant messaging of type OCS' -Bad 'has no instant messaging of type OCS; run step 60 again'
        }
        foreach ($policy in $policyObjects) {
            Get-Check -Passed (Test-Messaging -Subject $policy -Enabled $true -Type 'Ocs') -Subject "OWA mailbox policy $($policy.Name)" -Good 'has instant messaging of type OCS' -Bad 'has no instant messaging of type OCS; run step 80 again'
        }
        Test-OwaStart -Pilot $pilots -Policy $policyObjects -Directory $directoryObjects
        Test-OwaHealth
        Test-PilotMailbox -Pilot $pilots -Year '2016'
    ) | Assert-Check
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
