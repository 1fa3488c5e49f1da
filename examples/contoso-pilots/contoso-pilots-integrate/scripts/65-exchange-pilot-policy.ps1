<#
.SYNOPSIS
Step 65: Give the pilot users an OWA mailbox policy with instant messaging (bundle contoso-pilots-integrate).

.DESCRIPTION
Where:    any computer, Exchange Management Shell of an Exchange 2019 server
Rights:   role group Organization Management, or one that includes Set-OwaMailboxPolicy and Set-CASMailbox
          (elevated shell)
Why:      The mailbox policy decides which users get instant messaging. Nobody but the pilot users has OWA IM
          pilots, so nobody else gets instant messaging before step 80.
Impact:   Only freja.lund@contoso.com, oskar.holm@contoso.com (SIP address oholm@contoso.com): their OWA
          mailbox policy becomes OWA IM pilots, with everything else that it sets.
Back-out: back-out\65-exchange-pilot-policy.ps1: Restores the captured policy of each pilot user, also none.
          Then it restores InstantMessagingEnabled and InstantMessagingType of the pilot policy.
Source:   P11, P12 of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change
          record)
Exit:     0 done or nothing to do, 1 a check did not pass, 2 refused and nothing changed,
          3 failed on the way (what was attempted and the way back are printed).

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for event lines and before-states; 'evidence' in the bundle if left out. Use the same one for all scripts of a
change, and another one for each change. On a share, before-states and exports stay in the bundle.

.EXAMPLE
.\scripts\65-exchange-pilot-policy.ps1 -ApprovedDigest <digest> -WhatIf
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
    Order = 65; Id = 'pilot-policy'; Kind = 'change'
    Title = 'Give the pilot users an OWA mailbox policy with instant messaging'
    Bundle = 'contoso-pilots-integrate'; Script = 'scripts/65-exchange-pilot-policy.ps1'; Shell = 'Exchange Management Shell'
    BackOut = 'back-out\65-exchange-pilot-policy.ps1'
    Next = 'scripts\70-exchange-im-settings.ps1 (on each Mailbox server)'
}
$pilotPolicy = 'OWA IM pilots'
# The pilot users: the address of the mailbox, and the SIP address.
$pilots = @(
    @{ Mailbox = 'freja.lund@contoso.com'; Sip = 'freja.lund@contoso.com' }
    @{ Mailbox = 'oskar.holm@contoso.com'; Sip = 'oholm@contoso.com' }
)

try {
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $step -EvidencePath $EvidencePath
    Assert-ExchangeShell -Year '2019' -Command 'Get-OwaMailboxPolicy', 'Set-OwaMailboxPolicy', 'Get-CASMailbox', 'Set-CASMailbox'
    Test-PilotPolicy -Name $pilotPolicy -Pilot $pilots -Stem '65-pilot-policy' | Assert-Check

    $policies = @(Get-OwaMailboxPolicy -ErrorAction Stop)
    $state = Get-MessagingState -Subject @($policies | Where-Object { $pilotPolicy -eq [string]$_.Name })
    foreach ($pilot in $pilots) {
        $state["pilot user $($pilot.Mailbox)"] = @{ OwaMailboxPolicy = Get-OwnPolicy -Mailbox (Get-CASMailbox -Identity $pilot.Mailbox -ErrorAction Stop) -Policy $policies }
    }
    Save-BeforeState -State $state
    Invoke-Change -Target "OWA mailbox policy $pilotPolicy" -Action 'set InstantMessagingEnabled True, InstantMessagingType OCS' -Test {
        Test-Messaging -Subject (Get-OwaMailboxPolicy -Identity $pilotPolicy -ErrorAction Stop) -Enabled $true -Type 'Ocs'
    } -Change {
        Set-OwaMailboxPolicy -Identity $pilotPolicy -InstantMessagingEnabled $true -InstantMessagingType OCS -Confirm:$false -ErrorAction Stop
    }
    foreach ($pilot in $pilots) {
        Invoke-Change -Target "pilot user $($pilot.Mailbox)" -Action "assign the OWA mailbox policy $pilotPolicy" -Test {
            $pilotPolicy -eq (Get-OwnPolicy -Mailbox (Get-CASMailbox -Identity $pilot.Mailbox -ErrorAction Stop) -Policy $policies)
        } -Change {
            Set-CASMailbox -Identity $pilot.Mailbox -OwaMailboxPolicy $pilotPolicy -Confirm:$false -ErrorAction Stop
        }
    }
    Complete-Step
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
