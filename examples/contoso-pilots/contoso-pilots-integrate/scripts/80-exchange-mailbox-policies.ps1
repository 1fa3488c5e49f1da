<#
.SYNOPSIS
Step 80: Enable instant messaging in the OWA mailbox policies (bundle contoso-pilots-integrate).

.DESCRIPTION
Where:    any computer, Exchange Management Shell of an Exchange 2019 server
Rights:   role group Organization Management, or one that includes Set-OwaMailboxPolicy (elevated shell)
Why:      A user gets instant messaging in OWA only if the mailbox policy allows it. This step reaches
          everybody, so it comes last, after the sign-off of the pilot users (step 96).
Impact:   Mailbox policies are organisation-wide: every user with one of these policies is affected, wherever
          the mailbox is: Default.
Back-out: back-out\80-exchange-mailbox-policies.ps1: Restores the captured InstantMessagingEnabled and
          InstantMessagingType.
Source:   P11 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\scripts\80-exchange-mailbox-policies.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 80; Id = 'mailbox-policies'; Kind = 'change'
    Title = 'Enable instant messaging in the OWA mailbox policies'
    Bundle = 'contoso-pilots-integrate'; Script = 'scripts/80-exchange-mailbox-policies.ps1'; Shell = 'Exchange Management Shell'
    BackOut = 'back-out\80-exchange-mailbox-policies.ps1'
    Next = 'sign in to OWA and look for the presence icon'
}

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeShell -Year '2019' -Command 'Get-OwaMailboxPolicy', 'Set-OwaMailboxPolicy'
    $policies = @('Default')
    $policies | ForEach-Object { Test-OwaPolicy -Name $_ } | Assert-Check

    Save-BeforeState -State (Get-MessagingState -Subject @(Get-OwaMailboxPolicy -ErrorAction Stop | Where-Object { $policies -contains [string]$_.Name }))
    foreach ($name in $policies) {
        Invoke-Change -Target "OWA mailbox policy $name" -Action 'set InstantMessagingEnabled True, InstantMessagingType OCS' -Test {
            Test-Messaging -Subject (Get-OwaMailboxPolicy -Identity $name -ErrorAction Stop) -Enabled $true -Type 'Ocs'
        } -Change {
            Set-OwaMailboxPolicy -Identity $name -InstantMessagingEnabled $true -InstantMessagingType OCS -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
