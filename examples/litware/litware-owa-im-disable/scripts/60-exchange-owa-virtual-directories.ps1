<#
.SYNOPSIS
Step 60: Switch instant messaging off on the OWA virtual directories (bundle litware-owa-im-disable).

.DESCRIPTION
Where:    any computer, Exchange Management Shell of an Exchange 2013 server
Rights:   role group Organization Management, or one that includes Set-OwaVirtualDirectory (elevated shell)
Why:      Instant messaging is enabled by default. Where it is not integrated, users see a blank presence and
          an error at each sign-in.
Impact:   Only the OWA virtual directories of the named Client Access servers change. Users lose presence and
          instant messaging in OWA at their next sign-in. The Lync topology, web.config and the mailbox
          policies stay: the change retire takes them out too.
Back-out: back-out\60-exchange-owa-virtual-directories.ps1: Restores the captured InstantMessagingEnabled and
          InstantMessagingType.
Source:   P13 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
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
    Title = 'Switch instant messaging off on the OWA virtual directories'
    Bundle = 'litware-owa-im-disable'; Script = 'scripts/60-exchange-owa-virtual-directories.ps1'; Shell = 'Exchange Management Shell'
    BackOut = 'back-out\60-exchange-owa-virtual-directories.ps1'
    Next = 'scripts\70-exchange-owa-recycle.ps1 (on each Mailbox server)'
}
# Whose OWA virtual directories are set.
$clientAccess = @('atl-owa-001.litwareinc.com')

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeShell -AnyBuild -Year '2013' -Command 'Get-OwaVirtualDirectory', 'Set-OwaVirtualDirectory'
    $clientAccess | ForEach-Object { Test-OwaDirectory -Server $_ -Year '2013' -Reach } | Assert-Check

    $directories = @($clientAccess | ForEach-Object { Get-OwaDirectory -Server $_ })
    Save-BeforeState -State (Get-MessagingState -Subject $directories)
    foreach ($directory in $directories) {
        $identity = Get-Identity -Subject $directory
        Invoke-Change -Target "OWA virtual directory $identity" -Action 'set InstantMessagingEnabled False' -Test {
            Test-Messaging -Subject (Get-OwaVirtualDirectory -Identity $identity -ADPropertiesOnly -ErrorAction Stop) -Enabled $false
        } -Change {
            Set-OwaVirtualDirectory -Identity $identity -InstantMessagingEnabled $false -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
