<#
.SYNOPSIS
Back-out of step 80: Restore the OWA mailbox policies (bundle fabrikam-2019-integrate).

.DESCRIPTION
Where:    the computer that ran step 80, where the before-state is (any computer, Exchange Management Shell of
          an Exchange 2019 server)
Rights:   role group Organization Management, or one that includes Set-OwaMailboxPolicy (elevated shell)
Changes:  Restores the captured InstantMessagingEnabled and InstantMessagingType.
Source:   P11 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\back-out\80-exchange-mailbox-policies.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 80; Id = 'mailbox-policies'; Kind = 'back-out'
    Title = 'Restore the OWA mailbox policies'
    Bundle = 'fabrikam-2019-integrate'; Script = 'back-out/80-exchange-mailbox-policies.ps1'; Shell = 'Exchange Management Shell'
    BackOut = ''
    Next = 'back-out\70-exchange-im-settings.ps1 (on each Mailbox server)'
}

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeShell -Year '2019' -Command 'Get-OwaMailboxPolicy', 'Set-OwaMailboxPolicy'
    $before = Read-BeforeState
    # Only what this change touched, and what is still there.
    foreach ($identity in @(Get-TouchedIdentity -Before $before -Kind 'OWA mailbox policy')) {
        $was = $before[$identity]
        $target = "OWA mailbox policy $identity"
        if (@(Find-ExchangeObject -Find { Get-OwaMailboxPolicy -Identity $identity -ErrorAction Stop }).Count -eq 0) {
            Write-Line -Status 'WARNING' -Text "${target}: no longer exists, so there is nothing to restore"
            continue
        }
        Invoke-Change -Target $target -Action "restore InstantMessagingEnabled $($was.InstantMessagingEnabled), InstantMessagingType $($was.InstantMessagingType)" -Test {
            Test-Messaging -Subject (Get-OwaMailboxPolicy -Identity $identity -ErrorAction Stop) -Enabled $was.InstantMessagingEnabled -Type $was.InstantMessagingType
        } -Change {
            Set-OwaMailboxPolicy -Identity $identity -InstantMessagingEnabled $was.InstantMessagingEnabled -InstantMessagingType $was.InstantMessagingType -Confirm:$false -ErrorAction Stop
        }
    }
    Move-EvidenceToArchive
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
