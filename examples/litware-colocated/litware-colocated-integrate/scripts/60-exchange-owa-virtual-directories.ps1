<#
.SYNOPSIS
Step 60: Set instant messaging on the OWA virtual directories (bundle litware-colocated-integrate).

.DESCRIPTION
Where:    any computer, Exchange Management Shell of an Exchange 2013 server
Rights:   role group Organization Management, or one that includes Set-OwaVirtualDirectory (elevated shell)
Why:      Instant messaging is enabled by default, but its type is None. OWA needs the type OCS.
Impact:   Only the OWA virtual directories of the named Client Access servers change. Users see no
          interruption.
Back-out: back-out\60-exchange-owa-virtual-directories.ps1: Restores the captured InstantMessagingEnabled and
          InstantMessagingType.
Source:   P7 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\scripts\60-exchange-owa-virtual-directories.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 60; Id = 'owa-virtual-directories'; Kind = 'change'
    Title = 'Set instant messaging on the OWA virtual directories'
    Bundle = 'litware-colocated-integrate'; Script = 'scripts/60-exchange-owa-virtual-directories.ps1'; Shell = 'Exchange Management Shell'
    BackOut = 'back-out\60-exchange-owa-virtual-directories.ps1'
    Next = 'scripts\70-exchange-im-settings.ps1 (on each Mailbox server)'
}
# Whose OWA virtual directories are set.
$clientAccess = @('atl-owa-001.litwareinc.com')
# The OWA pools; Computers are those of the trusted application pool, PlanComing says that step 30 adds a SipName dial plan.
$owaPools = @{
    'atl-owa-001.litwareinc.com' = @{ Registrar = 'atl-cs-001.litwareinc.com'; Colocated = $true; PlanComing = $false; Computers = @() }
}
# Their Mailbox servers, each with its certificate and the names under which Lync knows the server.
$servers = @(
    @{ Fqdn = 'atl-owa-001.litwareinc.com'; Thumbprint = 'EA5A332496CC05DA69B75B66111C0F78A110D22D'; Pool = 'atl-owa-001.litwareinc.com'; Known = @('atl-owa-001.litwareinc.com') }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeShell -Year '2013' -Command 'Get-OwaVirtualDirectory', 'Set-OwaVirtualDirectory', 'Get-UMDialPlan', 'Get-UMService', 'Get-UMCallRouterSettings'
    @(
        foreach ($name in $clientAccess) { Test-OwaDirectory -Server $name -Year '2013' -Reach }
        foreach ($server in @($servers | Where-Object { $owaPools[$_.Pool].Colocated })) { Test-UmColocation -Server $server.Fqdn -PlanComing:($owaPools[$server.Pool].PlanComing -and $WhatIfPreference) }
    ) | Assert-Check

    $directories = @($clientAccess | ForEach-Object { Get-OwaDirectory -Server $_ })
    Save-BeforeState -State (Get-MessagingState -Subject $directories)
    foreach ($directory in $directories) {
        $identity = Get-Identity -Subject $directory
        Invoke-Change -Target "OWA virtual directory $identity" -Action 'set InstantMessagingEnabled True, InstantMessagingType OCS' -Test {
            Test-Messaging -Subject (Get-OwaVirtualDirectory -Identity $identity -ADPropertiesOnly -ErrorAction Stop) -Enabled $true -Type 'Ocs'
        } -Change {
            Set-OwaVirtualDirectory -Identity $identity -InstantMessagingEnabled $true -InstantMessagingType OCS -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
