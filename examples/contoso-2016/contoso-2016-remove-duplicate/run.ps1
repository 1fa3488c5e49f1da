<#
.SYNOPSIS
Runs the steps of this bundle that belong on this computer, one after the other (bundle contoso-2016-remove-duplicate).

.DESCRIPTION
Shows the steps of this computer with their state, runs the next one with -WhatIf, asks, runs it, and goes on until another
computer is next. It stops at any exit code but 0. Run the same line again at any time: it goes on where the evidence ends.
It asks a person before each script. For a run without a person use the single scripts.
Exit: 0 this computer can do nothing more now, 2 refused or stopped by an answer, otherwise the exit code of the script.

.PARAMETER ApprovedDigest
The SHA-256 of SHA256SUMS that the change board approved, 64 hex digits, from the ticket.

.PARAMETER EvidencePath
The folder for the event lines; 'evidence' in the bundle if left out. On a share, each computer sees what the others report.

.PARAMETER List
Only shows the steps and writes nothing.

.PARAMETER Step
Runs only the step with this number. Out of order it names what is left out and asks for the number.

.PARAMETER BackOut
The way back: the back-outs of the steps that left a before-state on this computer, the last step first.

.EXAMPLE
.\run.ps1 -ApprovedDigest <digest>
#>
#Requires -Version 3.0
[CmdletBinding()]
param(
    [string]$ApprovedDigest = '',
    [string]$EvidencePath = '',
    [switch]$List,
    [int]$Step = 0,
    [switch]$BackOut
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# The seal, first of all: SHA256SUMS must be the approved one and the module the one it lists; the module checks the rest.
$bundle = $PSScriptRoot
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

# The steps in order. No Hosts: any one computer whose shell has Command. Undo: the back-out after which the step is no longer done.
$rows = @(
    @{ Order = 10; Id = 'preflight-exchange'; Kind = 'check'; Title = 'Prove that the servers are discovered without the entry'; Script = 'scripts/10-exchange-preflight-exchange.ps1'; BackOut = ''; Undo = ''
        Hosts = @('mail-osl.contoso.com'); Command = 'Get-ExchangeServer'; Place = 'any Exchange server'; SignOff = ''; Reason = '' }
    @{ Order = 20; Id = 'preflight-lync'; Kind = 'check'; Title = 'Check what the duplicate entry holds'; Script = 'scripts/20-lync-preflight-lync.ps1'; BackOut = ''; Undo = ''
        Hosts = @(); Command = 'Get-CsSite'; Place = 'any Lync computer'; SignOff = ''; Reason = '' }
    @{ Order = 40; Id = 'trusted-application'; Kind = 'change'; Title = 'Remove the duplicate trusted application and its pool'; Script = 'scripts/40-lync-trusted-application.ps1'; BackOut = 'back-out/40-lync-trusted-application.ps1'; Undo = 'back-out/40-lync-trusted-application.ps1'
        Hosts = @(); Command = 'Get-CsSite'; Place = 'any Lync computer'; SignOff = ''; Reason = '' }
    @{ Order = 50; Id = 'enable-topology'; Kind = 'change'; Title = 'Enable the Lync topology and wait for replication'; Script = 'scripts/50-lync-enable-topology.ps1'; BackOut = ''; Undo = 'back-out/40-lync-trusted-application.ps1'
        Hosts = @(); Command = 'Get-CsSite'; Place = 'any Lync computer'; SignOff = ''; Reason = '' }
    @{ Order = 95; Id = 'verify-lync'; Kind = 'verify'; Title = 'Verify in Lync'; Script = 'scripts/95-lync-verify-lync.ps1'; BackOut = ''; Undo = ''
        Hosts = @(); Command = 'Get-CsSite'; Place = 'any Lync computer'; SignOff = ''; Reason = '' }
    @{ Order = 99; Id = 'sign-in'; Kind = 'manual'; Title = 'Sign in to OWA and look for the presence icon'; Script = ''; BackOut = ''; Undo = ''
        Hosts = @(); Command = ''; Place = 'any Exchange server'; SignOff = 'Sign in to OWA and look for the presence icon. Is that done, and did it work?'; Reason = '' }
)
$guide = @{
    Order = 'run.ps1'; Id = 'run'; Kind = 'run'; Title = 'Guided run on this computer'; Script = 'run.ps1'
    Bundle = 'contoso-2016-remove-duplicate'; Shell = ''; BackOut = ''; Next = ''
}

# Runs a script of this bundle as if it were typed here, shows its lines, and notes in $Result how it ended.
function Invoke-BundleScript {
    param([string]$Path, [hashtable]$Argument, [hashtable]$Result)
    $script = Join-Path -Path $bundle -ChildPath $Path
    # A script that ends without exit must not pass with the exit code of an earlier command.
    $global:LASTEXITCODE = -1
    & $script @Argument | ForEach-Object {
        if ($_ -cmatch '^DONE\b') { $Result.Done = $true }
        if ($_ -cmatch '^NOT SEEN +(.+)$') { $Result.Question += $Matches[1] }
        $_
    }
    $Result.Code = $LASTEXITCODE
}

try {
    if ($WhatIfPreference) { throw '$WhatIfPreference is set in this shell; run.ps1 shows each change with -WhatIf and asks before it changes anything' }
    # -List writes nothing.
    $WhatIfPreference = [bool]$List
    Enter-Step -Cmdlet $PSCmdlet -Folder $bundle -Step $guide -EvidencePath $EvidencePath
    $WhatIfPreference = $false
    $state = Get-RunState
    $ran = @()
    do {
        $evidence = Read-RunEvidence
        $items = @(Get-RunItem -Row $rows -Evidence $evidence)
        $task = if ($BackOut) { Get-BackOutTask -Item $items -Evidence $evidence -Order $Step -Ran $ran } else { Get-RunTask -Item $items -Order $Step -Ran $ran }
        if ($ran.Count -eq 0) { Format-RunItem -Item $items -Task $task -BackOut:$BackOut }
        $result = @{ Code = 0; Done = $true; Question = @() }
        $word = if ($List) { 'stop' } else { Confirm-Task -Task $task -Order $Step -BackOut:$BackOut }
        if ($word -ne 'run') { continue }

        Lock-Evidence -Evidence $evidence
        try {
            foreach ($whatIf in @(if ($task.Changes) { $true }) + @($false)) {
                $arguments = @{ ApprovedDigest = $ApprovedDigest; EvidencePath = $EvidencePath }
                if ($whatIf) { $arguments.WhatIf = $true }
                $word = Confirm-Start -Task $task -Evidence $evidence -Question $result.Question -Preview:$whatIf
                if ($word -ne 'run') { break }
                $result = @{ Code = -1; Done = $false; Question = @() }
                Invoke-BundleScript -Path $task.Script -Argument $arguments -Result $result
                Resume-Run -State $state
                if (-not $whatIf) { Write-Event -Status 'ENDED' -Text "$($task.Script) exit $($result.Code)" }
                if ($result.Code -ne 0 -or -not $result.Done) { break }
            }
        } finally {
            $state.Lock.Dispose()
        }
        if ($word -eq 'run') {
            $ran += $task.Name
            if ($task.Changes -and $result.Code -eq 0) { $state.Changed += $task.Script }
        }
        if ($result.Code -ne 0 -or -not $result.Done -or $Step -gt 0) { $word = 'stop' }
    } while ($word -ne 'stop')
    Complete-Run -Task $task -Result $result -Order $Step -BackOut:$BackOut
} catch {
    Write-Failure -ErrorRecord $_
}
exit (Get-StepExitCode)
