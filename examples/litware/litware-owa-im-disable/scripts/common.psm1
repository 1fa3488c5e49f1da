# lyncowa common module, bundle litware-owa-im-disable. Read once; every script of the bundle uses it.
#
#   step      begins and ends a step, prints its lines, decides its exit code
#   seal      is this the bundle that was approved?
#   place     which host, which shell, which rights
#   evidence  before-states, follow-up marks, attempts, log
#   change    the one door through which anything is changed
#   lync      what can be seen of the Lync topology
#   exchange  what can be seen of Exchange
#   um        which SipName dial plans a server is in
#   settings  the two keys of web.config: captured, written, restored
#   webconfig the file itself: two keys, every other byte kept
#
# Exit codes: 0 done or nothing to do; 1 a check did not pass; 2 refused, nothing changed; 3 failed on the way.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# ---- step ---------------------------------------------------------------------------------------------------

# What this run is about; Enter-Step fills it, every function of this module reads it.
$script:Step = @{
    Cmdlet = $null; Stem = ''; Kind = ''; BackOut = ''; Next = ''; WhatIf = $false; Evidence = ''; Host = ''
    Attempted = @(); Changed = @(); Due = @(); Failed = 0
    Open = 0       # questions that this host cannot answer
    Late = $false  # past a deadline: exit 3 although nothing may have been attempted
    Code = 2
    Lines = New-Object -TypeName System.Collections.ArrayList
}

function Enter-Step {
    <#
    .SYNOPSIS
    Begins a step: takes over the preferences of the script, checks the seal, refuses a remote session and an unelevated shell.
    .PARAMETER Step
    Order, Id, Title, Kind (check, change, verify or back-out), BackOut and Next, as the plan says.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] $Cmdlet,
        [Parameter(Mandatory = $true)] [string]$Bundle,
        [Parameter(Mandatory = $true)] [hashtable]$Step,
        [string]$EvidencePath = ''
    )
    if ($EvidencePath -eq '') { $EvidencePath = Join-Path -Path $Bundle -ChildPath 'evidence' }
    $script:Step.Cmdlet = $Cmdlet
    $script:Step.Stem = '{0}-{1}' -f $Step.Order, $Step.Id
    foreach ($key in @('Kind', 'BackOut', 'Next')) { $script:Step[$key] = $Step[$key] }
    # A module does not inherit the preferences of the script that calls it.
    $script:Step.WhatIf = [bool]$Cmdlet.GetVariableValue('WhatIfPreference')
    # The module's own files are written, or not, by WhatIf above alone; the shell's preferences must not reach them.
    $script:WhatIfPreference = $false
    $script:ConfirmPreference = 'None'
    if ($Cmdlet.SessionState.Path.CurrentLocation.Provider.Name -ne 'FileSystem') { throw 'the current location is not a folder; change into the folder of the bundle first' }
    $script:Step.Evidence = $Cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath($EvidencePath)
    Write-Line -Status 'STEP' -Text ('{0} {1}: {2}' -f $Step.Order, $Step.Kind, $Step.Title)
    Assert-Seal -Bundle $Bundle
    Assert-LocalSession
    Assert-Elevation
    $script:Step.Host = Get-HostName
}

function Write-Line {
    # .SYNOPSIS
    # Prints one line of the report and keeps it for the log.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Status,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Text
    )
    $line = '{0,-13} {1}' -f $Status, $Text
    [void]$script:Step.Lines.Add($line)
    Write-Output -InputObject $line
}

function Get-Check {
    # .SYNOPSIS
    # Makes the result of one check. -Advice makes a failure a warning.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [bool]$Passed,
        [Parameter(Mandatory = $true)] [string]$Subject,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Good,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Bad,
        [switch]$Advice
    )
    $status = 'OK'
    $text = $Good
    if (-not $Passed) {
        $status = if ($Advice) { 'WARNING' } else { 'FAILED' }
        $text = $Bad
    }
    New-Object -TypeName PSObject -Property @{ Status = $status; Text = "${Subject}: $text" }
}

function Get-Unseen {
    # .SYNOPSIS
    # Makes the result of a check that this host cannot make: a go/no-go question for a person, never a claim.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Subject,
        [Parameter(Mandatory = $true)] [string]$Question
    )
    New-Object -TypeName PSObject -Property @{ Status = 'NOT SEEN'; Text = "${Subject}: $Question" }
}

function Assert-Check {
    # .SYNOPSIS
    # Prints check results. A failed one refuses a changing step (exit 2) and is counted by a read-only one (exit 1).
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline = $true)] $Check)
    begin { $failed = 0 }
    process {
        Write-Line -Status $Check.Status -Text $Check.Text
        if ($Check.Status -eq 'FAILED') { $failed++ }
        if ($Check.Status -eq 'NOT SEEN') { $script:Step.Open++ }
    }
    end {
        $script:Step.Failed += $failed
        if ($failed -gt 0 -and @('change', 'back-out') -contains $script:Step.Kind) {
            throw "$failed check(s) did not pass; mend what the FAILED lines say and run this script again"
        }
    }
}

function Complete-Step {
    # .SYNOPSIS
    # Ends a step that came through: what was done, what comes next, the log.
    [CmdletBinding()]
    param()
    $script:Step.Code = 0
    if ($script:Step.Failed -gt 0) {
        $script:Step.Code = 1
        Write-Line -Status 'FAILED' -Text ('{0} check(s) did not pass; nothing was changed. Mend them and run this script again.' -f $script:Step.Failed)
    } elseif (@('check', 'verify') -contains $script:Step.Kind) {
        Write-Line -Status 'DONE' -Text 'every check that this host can make passed; nothing was changed'
    } elseif ($script:Step.WhatIf) {
        Write-Line -Status 'DONE' -Text 'this was -WhatIf: nothing was changed and no file was written'
    } elseif ($script:Step.Changed.Count -eq 0) {
        Write-Line -Status 'DONE' -Text 'nothing to do'
    } else {
        Write-Line -Status 'DONE' -Text ('{0} change(s)' -f $script:Step.Changed.Count)
    }
    if ($script:Step.Open -gt 0) { Write-Line -Status 'GO/NO-GO' -Text ('{0} question(s) above (NOT SEEN) are yours to answer before you go on' -f $script:Step.Open) }
    if ($script:Step.Code -eq 0 -and $script:Step.Next -ne '') { Write-Line -Status 'NEXT' -Text $script:Step.Next }
    Save-Log
}

function Write-Failure {
    # .SYNOPSIS
    # Ends a step that did not come through: exit 2 if nothing was attempted, otherwise exit 3 with what was done and the way back.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] $ErrorRecord)
    $text = $ErrorRecord.Exception.Message
    if ($ErrorRecord.Exception.GetType().Name -ne 'RuntimeException') {
        $text = '{0} (line {1} of {2})' -f $text, $ErrorRecord.InvocationInfo.ScriptLineNumber, $ErrorRecord.InvocationInfo.ScriptName
    }
    if ($script:Step.Attempted.Count -eq 0 -and -not $script:Step.Late) {
        $script:Step.Code = 2
        Write-Line -Status 'REFUSED' -Text $text
        Write-Line -Status '' -Text 'nothing was changed'
        return
    }
    $script:Step.Code = 3
    Write-Line -Status 'FAILED' -Text $text
    Write-Line -Status '' -Text ('attempted: {0}' -f (@($script:Step.Attempted) -join '; '))
    Write-Line -Status '' -Text ('done: {0}' -f (@($script:Step.Changed) -join '; '))
    Write-Line -Status 'NEXT' -Text ('mend the cause and run this script again{0}' -f $(if ($script:Step.BackOut -ne '') { ', or go back with ' + $script:Step.BackOut } else { '' }))
    Save-Log
}

function Get-StepExitCode {
    # .SYNOPSIS
    # Returns the exit code of the step.
    [CmdletBinding()]
    [OutputType([int])]
    param()
    [int]$script:Step.Code
}


# ---- seal ---------------------------------------------------------------------------------------------------

function Get-SealedHash {
    # .SYNOPSIS
    # Returns the SHA-256 of a file in lower-case hex; a trailing Authenticode block of a script does not count.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string]$Path)
    $bytes = [IO.File]::ReadAllBytes($Path)
    if ($Path -match '\.psm?1$') {
        $latin1 = [Text.Encoding]::GetEncoding(28591)
        $block = '\r\n# SIG # Begin signature block\r\n(# [0-9A-Za-z+/=]+\r\n)+# SIG # End signature block\r\n\z'
        $bytes = $latin1.GetBytes([regex]::Replace($latin1.GetString($bytes), $block, ''))
    }
    # SHA256.Create() fails under a FIPS policy.
    $sha256 = New-Object -TypeName System.Security.Cryptography.SHA256CryptoServiceProvider
    [BitConverter]::ToString($sha256.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}

function Assert-Seal {
    # .SYNOPSIS
    # Refuses a bundle with an edited, missing or additional file. The script itself has checked SHA256SUMS and this module.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Bundle)
    $wrong = @()
    $sealed = @{}
    foreach ($line in [IO.File]::ReadAllLines((Join-Path -Path $Bundle -ChildPath 'SHA256SUMS'))) {
        if ($line -cnotmatch '^([0-9a-f]{64})  ([^\\]+)$') { throw "SHA256SUMS holds a line that is not a sum: '$line'; copy the approved bundle again" }
        $sealed[$Matches[2]] = $Matches[1]
    }
    foreach ($name in @($sealed.Keys | Sort-Object)) {
        $path = Join-Path -Path $Bundle -ChildPath $name
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) {
            $wrong += "missing: $name"
        } elseif ((Get-SealedHash -Path $path) -cne $sealed[$name]) {
            $wrong += "edited: $name"
        }
    }
    foreach ($folder in @('scripts', 'back-out')) {
        $path = Join-Path -Path $Bundle -ChildPath $folder
        if (-not (Test-Path -LiteralPath $path -PathType Container)) { continue }
        foreach ($file in @(Get-ChildItem -LiteralPath $path -Recurse -Force | Where-Object { -not $_.PSIsContainer })) {
            $name = $folder + $file.FullName.Substring((Get-Item -LiteralPath $path -Force).FullName.Length).Replace('\', '/')
            if (@($sealed.Keys) -cnotcontains $name) { $wrong += "additional: $name" }
        }
    }
    if ($wrong.Count -gt 0) { throw "this bundle is not the one that was approved ($($wrong -join ', ')); copy the approved bundle again" }
}


# ---- place --------------------------------------------------------------------------------------------------

# Product versions by year, as the products report them.
$script:ExchangeVersion = @{ '2013' = '15.0'; '2016' = '15.1'; '2019' = '15.2' }
$script:ExchangeWithoutIm = 1748 # build of Exchange 2019 CU15, and below that of every later one
$script:LyncVersion = @{ '2013' = '5.0'; '2015' = '6.0'; '2019' = '7.0' }

function Get-HostName {
    # .SYNOPSIS
    # Returns the FQDN of this computer in lower case.
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    ('{0}.{1}' -f $key.Hostname, $key.Domain).Trim('.').ToLowerInvariant()
}

function Get-Membership {
    # .SYNOPSIS
    # Returns the groups of the person who runs the script: Name, Type, Sid, Attributes.
    [CmdletBinding()]
    param()
    & 'C:\Windows\System32\whoami.exe' /groups /fo csv /nh | ConvertFrom-Csv -Header 'Name', 'Type', 'Sid', 'Attributes'
}

function Assert-LocalSession {
    # .SYNOPSIS
    # Refuses a remote PowerShell session: Enable-CsTopology fails in one, and local files would be those of another host.
    [CmdletBinding()]
    param()
    if (Test-Path -LiteralPath 'Variable:\PSSenderInfo') { throw 'this is a remote PowerShell session; log on to the computer itself and run the script in its own shell' }
}

function Assert-Elevation {
    # .SYNOPSIS
    # Refuses a shell that is not elevated (mandatory level high or system).
    [CmdletBinding()]
    param()
    if (@(Get-Membership | Where-Object { @('S-1-16-12288', 'S-1-16-16384') -contains $_.Sid }).Count -eq 0) {
        throw 'this shell is not elevated; start the management shell with "Run as administrator"'
    }
}

function Assert-Command {
    # .SYNOPSIS
    # Refuses a shell that lacks one of the cmdlets: the wrong shell, or rights that do not include it.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string[]]$Name,
        [Parameter(Mandatory = $true)] [string]$Shell
    )
    $absent = @($Name | Where-Object { -not (Get-Command -Name $_ -ErrorAction SilentlyContinue) })
    if ($absent.Count -eq 0) { return }
    if ($absent.Count -eq $Name.Count) { throw "this is the wrong shell: it has no $($absent[0]); run the script in the $Shell" }
    throw "your rights do not include $($absent -join ', '); run the script as a person with the rights that its help names"
}

function Assert-LyncShell {
    # .SYNOPSIS
    # Refuses anything but the management shell of that Lync version, run by a person who may change the topology.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Year,
        [Parameter(Mandatory = $true)] [string[]]$Command
    )
    Assert-Command -Name $Command -Shell 'Lync Server Management Shell'
    $reported = "$(Get-CsServerVersion)"
    if ($reported -notmatch '\((\d+\.\d+)\.') { throw "the Lync version cannot be read from '$reported'" }
    if ($Matches[1] -ne $script:LyncVersion[$Year]) {
        throw "this shell reports '$reported', but the topology says version $Year ($($script:LyncVersion[$Year])); run it in that deployment's shell, or correct versions.lync and have the new bundle approved"
    }
    if (@(Get-Membership | Where-Object { $_.Name -match '\\RTCUniversalServerAdmins$' -or $_.Sid -match '^S-1-5-21-.*-512$' }).Count -eq 0) {
        throw 'you are neither in RTCUniversalServerAdmins nor a domain administrator; the Lync topology cannot be changed without'
    }
}

function Assert-ExchangeShell {
    # .SYNOPSIS
    # Refuses anything but the Exchange Management Shell on an Exchange server of that version; -AnyBuild allows builds that have no instant messaging.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Year,
        [Parameter(Mandatory = $true)] [string[]]$Command,
        [switch]$AnyBuild
    )
    Assert-Command -Name $Command -Shell 'Exchange Management Shell'
    $server = @(Get-ExchangeServer -Identity $script:Step.Host -ErrorAction SilentlyContinue)
    if ($server.Count -ne 1) { throw "$($script:Step.Host) is not an Exchange server; run the script on one" }
    $reported = [string]$server[0].AdminDisplayVersion
    if (-not $AnyBuild -and $Year -eq '2019' -and $reported -match '^Version 15\.2 \(Build (\d+)\.' -and [int]$Matches[1] -ge $script:ExchangeWithoutIm) {
        throw "$($script:Step.Host) reports '$reported', Exchange 2019 CU15 or later: Microsoft has ended instant messaging in OWA with it, so there is nothing to integrate; the change disable switches it off"
    }
    if (-not (Test-ExchangeVersion -Reported $reported -Year $Year)) {
        throw "$($script:Step.Host) reports '$reported', but the topology says Exchange $Year; run the script on an Exchange $Year server, or correct versions.exchange and have the new bundle approved"
    }
}

function Test-ExchangeVersion {
    # .SYNOPSIS
    # Tells whether a reported version, 'Version 15.0 (Build 1497.2)', is that of a year.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Reported,
        [Parameter(Mandatory = $true)] [string]$Year
    )
    $Reported -match '^Version (\d+\.\d+) ' -and $Matches[1] -eq $script:ExchangeVersion[$Year]
}

function Find-Event {
    # .SYNOPSIS
    # Returns events of this computer, newest first; nothing where it has no such log, source or event.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$Filter,
        [int]$First = 10000
    )
    try {
        Get-WinEvent -FilterHashtable $Filter -MaxEvents $First -ErrorAction Stop
    } catch [UnauthorizedAccessException] {
        throw "the event log '$($Filter.LogName)' may not be read: $($_.Exception.Message)"
    } catch {
        # No such log, no such source and no such event are errors of different kinds, all with one meaning.
        Write-Verbose -Message $_.Exception.Message
    }
}

function Get-DeclaredServer {
    # .SYNOPSIS
    # Returns the row of this host, or of -Fqdn, with what its OWA pool adds (Registrar, Colocated, PlanComing, Names); refuses a host that the topology does not name.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [hashtable[]]$Server,
        [Parameter(Mandatory = $true)] [hashtable]$OwaPool,
        [string]$Fqdn = $script:Step.Host
    )
    $row = @($Server | Where-Object { $_.Fqdn -eq $Fqdn })
    if ($row.Count -ne 1) {
        $names = @($Server | Select-Object -First 10 | ForEach-Object { $_.Fqdn }) -join ', '
        throw "this is the wrong host: $Fqdn is not among the $($Server.Count) server(s) of this step ($names)"
    }
    $declared = $row[0].Clone()
    $pool = $OwaPool[$declared.Pool]
    foreach ($key in @('Registrar', 'Colocated', 'PlanComing')) { $declared[$key] = $pool[$key] }
    # What its certificate must hold: its subject and every computer of the trusted pool.
    $declared['Names'] = @(@($declared.Subject) + $pool.Computers | Select-Object -Unique)
    $declared
}


# ---- evidence -----------------------------------------------------------------------------------------------
# Below the evidence folder, one folder a host: NN-id.before.json (never overwritten), NN-id.attempts, NN-id.log
# and *.due, a mark that a change needs a follow-up. Under -WhatIf none of this is written.

function Get-EvidencePath {
    # .SYNOPSIS
    # Returns the path of an evidence file of this host.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string]$Name)
    Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath $Name
}

function Save-Evidence {
    # .SYNOPSIS
    # Writes an evidence file whole or not at all: to a temporary file first, then renamed.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [byte[]]$Byte
    )
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name $Name
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
    [IO.File]::WriteAllBytes("$path.tmp", $Byte)
    if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.tmp", $path, [NullString]::Value) } else { [IO.File]::Move("$path.tmp", $path) }
}

function Get-JsonByte {
    # .SYNOPSIS
    # Returns an object as the bytes of a JSON text.
    [CmdletBinding()]
    [OutputType([byte[]])]
    param([Parameter(Mandatory = $true)] $Value)
    [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Value -Depth 8))
}

function Test-BeforeState {
    # .SYNOPSIS
    # Tells whether this change has captured the state before the step on this host.
    [CmdletBinding()]
    [OutputType([bool])]
    param([string]$Stem = $script:Step.Stem)
    Test-Path -LiteralPath (Get-EvidencePath -Name "$Stem.before.json") -PathType Leaf
}

function Save-BeforeState {
    <#
    .SYNOPSIS
    Captures the state before the first change of each object on this host. A later run adds objects, and never overwrites one.
    .PARAMETER State
    Object name -> what it was.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$State)
    if ($script:Step.WhatIf) { return }
    $name = "$($script:Step.Stem).before.json"
    $kept = @{}
    if (Test-BeforeState) { $kept = Read-BeforeState }
    # By enumerator: an object may be called Keys or Count.
    $added = @($State.GetEnumerator() | Where-Object { -not $kept.ContainsKey($_.Key) })
    foreach ($entry in $added) { $kept[$entry.Key] = $entry.Value }
    if ($added.Count -gt 0) { Save-Evidence -Name $name -Byte (Get-JsonByte -Value @{ FormatVersion = 1; Host = $script:Step.Host; Step = $script:Step.Stem; State = $kept }) }
    Write-Line -Status 'OK' -Text ('before-state: {0} captured now, {1} kept from an earlier run, in {2}' -f $added.Count, (@($kept.GetEnumerator()).Count - $added.Count), (Get-EvidencePath -Name $name))
}

function Read-BeforeState {
    # .SYNOPSIS
    # Returns the captured state, object name -> what it was; refuses where there is none, because then nothing says what was there before.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $path = Get-EvidencePath -Name "$($script:Step.Stem).before.json"
    if (-not (Test-BeforeState)) { throw "there is no before-state of this step on $($script:Step.Host) ($path), so nothing says what to go back to; was the step run here, with this -EvidencePath?" }
    $state = @{}
    foreach ($property in (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).State.PSObject.Properties) { $state[$property.Name] = $property.Value }
    $state
}

function Add-Mark {
    # .SYNOPSIS
    # Marks a follow-up as due, before the change that makes it due.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $script:Step.Due += $Name
    Save-Evidence -Name "$Name.due" -Byte (Get-JsonByte -Value @{ Mark = $Name; Step = $script:Step.Stem })
}

function Test-Mark {
    # .SYNOPSIS
    # Tells whether a follow-up is due.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $script:Step.Due -contains $Name -or (Test-Path -LiteralPath (Get-EvidencePath -Name "$Name.due") -PathType Leaf)
}

function Clear-Mark {
    # .SYNOPSIS
    # Clears the mark after the follow-up was done.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $script:Step.Due = @($script:Step.Due | Where-Object { $_ -ne $Name })
    $path = Get-EvidencePath -Name "$Name.due"
    if (-not $script:Step.WhatIf -and (Test-Path -LiteralPath $path)) { Remove-Item -LiteralPath $path }
}

function Add-Attempt {
    # .SYNOPSIS
    # Notes, before a change, what is about to be changed: a back-out removes only what this change attempted.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Target)
    $script:Step.Attempted += $Target
    # The way back keeps its own list: its attempts are no proof of what the way forward did.
    $list = if ($script:Step.Kind -eq 'back-out') { 'back-out-attempts' } else { 'attempts' }
    $path = Get-EvidencePath -Name "$($script:Step.Stem).$list"
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
    [IO.File]::AppendAllText($path, "$Target`r`n")
}

function Test-Attempt {
    # .SYNOPSIS
    # Tells whether the way forward ever attempted that target on this host; without -Target, anything at all.
    [CmdletBinding()]
    [OutputType([bool])]
    param([string]$Target = '')
    $path = Get-EvidencePath -Name "$($script:Step.Stem).attempts"
    (Test-Path -LiteralPath $path -PathType Leaf) -and ($Target -eq '' -or @([IO.File]::ReadAllLines($path)) -contains $Target)
}

function Save-Log {
    # .SYNOPSIS
    # Appends the lines of this run to the log of the step. A refused run leaves no file behind; a log that cannot be written changes no result.
    [CmdletBinding()]
    param()
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name "$($script:Step.Stem).log"
    $heading = '---- {0} {1} exit {2}' -f (Get-Date).ToUniversalTime().ToString('s'), $script:Step.Kind, $script:Step.Code
    try {
        [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $path))
        [IO.File]::AppendAllText($path, (@($heading) + @($script:Step.Lines) -join "`r`n") + "`r`n")
    } catch {
        Write-Line -Status 'WARNING' -Text "the log could not be written: $($_.Exception.Message)"
    }
}

function Move-EvidenceToArchive {
    # .SYNOPSIS
    # Archives the evidence of a step that was backed out, the before-state last, so that a broken-off back-out can be run again.
    [CmdletBinding()]
    param()
    if ($script:Step.WhatIf) { return }
    $number = 1
    while (Test-Path -LiteralPath (Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)")) { $number++ }
    $archive = Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)"
    [void](New-Item -ItemType Directory -Force -Path $archive)
    $files = @(Get-ChildItem -LiteralPath (Split-Path -Parent -Path $archive) -Filter "$($script:Step.Stem).*" | Where-Object { -not $_.PSIsContainer -and $_.Name -notlike '*.log' })
    foreach ($file in @($files | Sort-Object -Property { $_.Name -like '*.before.json' })) {
        Move-Item -LiteralPath $file.FullName -Destination $archive
    }
    Write-Line -Status 'OK' -Text "evidence archived: $archive"
}


# ---- change -------------------------------------------------------------------------------------------------

function Confirm-Change {
    # .SYNOPSIS
    # Asks -WhatIf and -Confirm of the calling script whether a change may be made; if so, notes the follow-up and the attempt.
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The preferences that count are those of the calling script, so its cmdlet is asked.')]
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $true)] [string]$Action,
        [string[]]$Mark = @()
    )
    $may = $script:Step.Cmdlet.ShouldProcess($Target, $Action)
    if (-not $may -and -not $script:Step.WhatIf) { throw "${Target}: declined at the prompt" }
    # Marked before the change: a crash right after it must not lose the follow-up.
    foreach ($name in $Mark) { Add-Mark -Name $name }
    if ($may) { Add-Attempt -Target $Target }
    $may
}

function Invoke-Change {
    <#
    .SYNOPSIS
    The one door for changes: acts only where -Test says that the state differs, asks ShouldProcess, reads back.
    .PARAMETER Mark
    The follow-ups that this change makes due; marked before the change.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $true)] [string]$Action,
        [Parameter(Mandatory = $true)] [scriptblock]$Test,
        [Parameter(Mandatory = $true)] [scriptblock]$Change,
        [string[]]$Mark = @()
    )
    if (& $Test) {
        Write-Line -Status 'OK' -Text "${Target}: nothing to do ($Action)"
        return
    }
    if (-not (Confirm-Change -Target $Target -Action $Action -Mark $Mark)) {
        Write-Line -Status 'WOULD CHANGE' -Text "${Target}: $Action"
        return
    }
    [void](& $Change)
    if (-not (& $Test)) { throw "${Target}: changed, but reading it back does not show: $Action" }
    $script:Step.Changed += $Target
    Write-Line -Status 'CHANGED' -Text "${Target}: $Action"
}

function Invoke-FollowUp {
    # .SYNOPSIS
    # Does what an earlier change made due, once, and clears the mark afterwards.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Mark,
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $true)] [string]$Action,
        [Parameter(Mandatory = $true)] [scriptblock]$Change
    )
    if (-not (Test-Mark -Name $Mark)) {
        Write-Line -Status 'OK' -Text "${Target}: nothing to do ($Action)"
        return
    }
    if (-not (Confirm-Change -Target $Target -Action $Action)) {
        Write-Line -Status 'WOULD CHANGE' -Text "${Target}: $Action"
        return
    }
    [void](& $Change)
    Clear-Mark -Name $Mark
    $script:Step.Changed += $Target
    Write-Line -Status 'CHANGED' -Text "${Target}: $Action"
}


# ---- lync ---------------------------------------------------------------------------------------------------

function Get-LyncState {
    # .SYNOPSIS
    # Reads what the Lync topology holds, once, indexed by FQDN.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    # Names are kept in lower case, as the topology has them: a Turkish shell, for one, takes I and i for different letters.
    $state = @{ Site = @(Get-CsSite -ErrorAction Stop); Pool = @{}; Trusted = @{}; Home = @{}; Computer = @{}; Application = @{} }
    foreach ($pool in @(Get-CsPool -ErrorAction Stop)) { $state.Pool["$($pool.Fqdn)".ToLowerInvariant()] = $pool }
    # Read back, Identity is TrustedApplicationPool:<fqdn>; PoolFqdn is the name. An error must not look like an empty list.
    foreach ($pool in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) { $state.Trusted["$($pool.PoolFqdn)".ToLowerInvariant()] = $pool }
    foreach ($computer in @(Get-CsComputer -ErrorAction Stop)) { $state.Home["$($computer.Fqdn)".ToLowerInvariant()] = "$($computer.Pool)".ToLowerInvariant() }
    foreach ($computer in @(Get-CsTrustedApplicationComputer -ErrorAction Stop)) { $state.Computer["$($computer.Pool)".ToLowerInvariant()] += @("$($computer.Fqdn)".ToLowerInvariant()) }
    foreach ($application in @(Get-CsTrustedApplication -ErrorAction Stop)) { $state.Application["$($application.TrustedApplicationPoolFqdn)".ToLowerInvariant()] += @($application) }
    $state
}

function Get-ApplicationName {
    # .SYNOPSIS
    # Returns the bare id of a trusted application, which is stored as urn:application:<id>.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] $Application)
    ([string]$Application.ApplicationId) -replace '^.*:', ''
}

function Get-SiteId {
    # .SYNOPSIS
    # Returns the SiteId of the site with that identity, or an empty string. A pool shows the identity (Site:Redmond1) as its SiteId; New-CsTrustedApplicationPool wants the SiteId (1).
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Identity
    )
    $name = $Identity -replace '^site:', ''
    foreach ($site in $State.Site) { if ((([string]$site.Identity) -replace '^site:', '') -eq $name) { return [string]$site.SiteId } }
    ''
}

function Get-PlannedComputer {
    # .SYNOPSIS
    # Returns the computers of a planned pool; a pool made without any is its own one computer.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Pool)
    if ($Pool.Computers.Count -eq 0) { $Pool.Fqdn } else { $Pool.Computers }
}

function Test-Registrar {
    # .SYNOPSIS
    # Checks that each registrar is a Lync pool with a Registrar service and that its replicas are up to date; -Advice makes a late replica a warning.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [string[]]$Registrar,
        [switch]$Advice
    )
    foreach ($fqdn in $Registrar) {
        $services = @(if ($State.Pool.ContainsKey($fqdn)) { $State.Pool[$fqdn].Services })
        $isRegistrar = @($services | Where-Object { ([string]$_).StartsWith('Registrar:', [StringComparison]::OrdinalIgnoreCase) }).Count -gt 0
        Get-Check -Passed $isRegistrar -Subject "registrar $fqdn" -Good 'is a Lync pool with a Registrar service' -Bad 'is not a Lync pool with a Registrar service; see Get-CsPool and correct registrar in the topology'
        if ($isRegistrar) {
            $late = @(Get-LateReplica -Registrar $fqdn)
            Get-Check -Passed ($late.Count -eq 0) -Advice:$Advice -Subject "replication to $fqdn" -Good 'up to date' -Bad "not up to date on $($late -join ', '); see Get-CsManagementStoreReplicationStatus and mend it first"
        }
    }
}

function Get-LateReplica {
    # .SYNOPSIS
    # Returns the computers of a Lync pool whose replica is not up to date. Trusted application computers have none.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string[]]$Registrar)
    $status = @{}
    foreach ($replica in @(Get-CsManagementStoreReplicationStatus -ErrorAction Stop)) { $status[[string]$replica.ReplicaFqdn] = [bool]$replica.UpToDate }
    foreach ($fqdn in $Registrar) {
        foreach ($computer in @((Get-CsPool -Identity $fqdn -ErrorAction Stop).Computers)) {
            if (-not ($status.ContainsKey([string]$computer) -and $status[[string]$computer])) { [string]$computer }
        }
    }
}

function Wait-Replication {
    # .SYNOPSIS
    # Waits until the replicas of the registrar pools are up to date; past the deadline the step ends with exit 3.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string[]]$Registrar,
        [Parameter(Mandatory = $true)] [int]$DeadlineSeconds
    )
    if ($script:Step.WhatIf) { return }
    $deadline = (Get-Date).AddSeconds($DeadlineSeconds)
    # Right after enabling, the old status is still reported.
    if ($script:Step.Changed.Count -gt 0) { Start-Sleep -Seconds 10 }
    while ($true) {
        $late = @(Get-LateReplica -Registrar $Registrar)
        if ($late.Count -eq 0) { break }
        if ((Get-Date) -ge $deadline) {
            $script:Step.Late = $true
            throw "after $DeadlineSeconds seconds the replicas are not up to date on $($late -join ', '); see Get-CsManagementStoreReplicationStatus, then run this script again: it goes on waiting"
        }
        Start-Sleep -Seconds 10
    }
    Write-Line -Status 'OK' -Text "replication to $($Registrar -join ', '): up to date"
}

function Test-TrustedPool {
    # .SYNOPSIS
    # Checks that a planned trusted application pool can be created, or exists as planned or half-finished.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool
    )
    $fqdn = $Pool.Fqdn
    $subject = "trusted application pool $fqdn"
    $sites = @($State.Site | Where-Object { [string]$_.SiteId -eq $Pool.Site })
    $known = @($State.Site | ForEach-Object { '{0} (SiteId {1})' -f $_.DisplayName, $_.SiteId }) -join ', '
    Get-Check -Passed ($sites.Count -eq 1) -Subject "site $($Pool.Site)" -Good 'exists' -Bad "there is no site with this SiteId; the sites are: $known"
    $wanted = @(Get-PlannedComputer -Pool $Pool)
    $present = @()
    if ($State.Trusted.ContainsKey($fqdn)) {
        $present = @(if ($State.Computer.ContainsKey($fqdn)) { $State.Computer[$fqdn] })
        Test-ExistingPool -State $State -Pool $Pool -Present $present
    } else {
        Get-Check -Passed (-not $State.Pool.ContainsKey($fqdn)) -Subject $subject -Good 'the name is free' -Bad 'this FQDN names a Lync pool with other services; New-CsTrustedApplicationPool would add a service to it: choose the OWA FQDN'
    }
    $discovery = Get-DiscoveryEvidence
    foreach ($computer in @($wanted | Where-Object { $present -notcontains $_ })) {
        $elsewhere = $State.Home.ContainsKey($computer) -and $State.Home[$computer] -ne $fqdn
        Get-Check -Passed (-not $elsewhere) -Subject "computer $computer" -Good 'is in no other pool' -Bad "is already in the pool $($State.Home[$computer]); a computer belongs to one pool"
        if ($discovery.Visible) {
            Get-Check -Passed (-not (Test-NameInText -Name $computer -Text $discovery.Text)) -Subject "computer $computer" -Good 'is not discovered by Lync (event 44024)' -Bad 'is discovered by Lync already (event 44024): a trusted application pool would give it a second entry and OWA integration would stop working; set umColocated: true if both UM services run on it, or take it out of the SipName dial plans'
        }
    }
    if (-not $discovery.Visible) { Get-Unseen -Subject $subject -Question "go/no-go: on a Front End of $($Pool.Registrar), does the newest event 44024 of 'LS Exchange Unified Messaging Routing' name one of $($wanted -join ', ')? If so, stop: it is discovered already." }
    Test-ApplicationPort -State $State -Pool $Pool -Computer $wanted
}

function Test-ExistingPool {
    # .SYNOPSIS
    # Checks an existing trusted application pool: registrar, site, room for its computers, no foreign application.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Present
    )
    $fqdn = $Pool.Fqdn
    $subject = "trusted application pool $fqdn"
    $existing = $State.Trusted[$fqdn]
    # Read back, the registrar is Registrar:<fqdn> and the SiteId is the identity of the site.
    $registrar = ([string]$existing.Registrar) -replace '^.*:', ''
    $site = Get-SiteId -State $State -Identity ([string]$existing.SiteId)
    Get-Check -Passed ($registrar -eq $Pool.Registrar) -Subject $subject -Good "has the registrar $registrar" -Bad "exists with the registrar '$registrar', not $($Pool.Registrar); a pool cannot be moved: remove it in a change of its own, or correct registrar"
    Get-Check -Passed ($site -eq $Pool.Site) -Subject $subject -Good "is in the site $site" -Bad "exists in the site with SiteId '$site' ($($existing.SiteId)), not $($Pool.Site); a pool cannot be moved: remove it in a change of its own, or correct siteId"
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $Present -notcontains $_ })
    if ($Pool.Computers.Count -eq 0) {
        Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good 'is its own one computer' -Bad "was made with -ComputerFqdn ($($Present -join ', ')), so it can never be its own computer; name its computers in trustedComputers, or remove the pool in a change of its own"
    } else {
        $closed = $absent.Count -gt 0 -and ($Present -contains $fqdn)
        Get-Check -Passed (-not $closed) -Subject $subject -Good 'has room for its computers' -Bad "was made without -ComputerFqdn, so its one computer is the pool itself and no other can ever be added ($($absent -join ', ')); remove the pool in a change of its own, or use trustedComputers: []"
    }
    $foreign = @(if ($State.Application.ContainsKey($fqdn)) { $State.Application[$fqdn] | Where-Object { (Get-ApplicationName -Application $_) -ne $Pool.ApplicationId } | ForEach-Object { Get-ApplicationName -Application $_ } })
    Get-Check -Passed ($foreign.Count -eq 0) -Subject $subject -Good 'holds no foreign application' -Bad "holds an application that is not this change's: $($foreign -join ', '); find its owner first"
}

function Test-ApplicationPort {
    # .SYNOPSIS
    # Checks that the port is free on the computers of the pool, and that an existing application has it.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [Parameter(Mandatory = $true)] [string[]]$Computer
    )
    $subject = "trusted application $($Pool.ApplicationId) of $($Pool.Fqdn)"
    $pools = @(@($Pool.Fqdn) + @($Computer | Where-Object { $State.Home.ContainsKey($_) } | ForEach-Object { $State.Home[$_] }) | Select-Object -Unique)
    $all = @($pools | Where-Object { $State.Application.ContainsKey($_) } | ForEach-Object { $State.Application[$_] })
    $own = @($all | Where-Object { [string]$_.TrustedApplicationPoolFqdn -eq $Pool.Fqdn -and (Get-ApplicationName -Application $_) -eq $Pool.ApplicationId })
    if ($own.Count -gt 0) {
        Get-Check -Passed ([int]$own[0].Port -eq $Pool.Port) -Subject $subject -Good "has the port $($Pool.Port)" -Bad "exists with the port $($own[0].Port), not $($Pool.Port); correct port, or remove the application in a change of its own"
    }
    $taken = @($all | Where-Object { $own -notcontains $_ -and [int]$_.Port -eq $Pool.Port } | ForEach-Object { '{0} of {1}' -f (Get-ApplicationName -Application $_), $_.TrustedApplicationPoolFqdn })
    Get-Check -Passed ($taken.Count -eq 0) -Subject $subject -Good "no other application has the port $($Pool.Port)" -Bad "the port $($Pool.Port) is taken by $($taken -join ', '); choose another"
}

function Test-DiscoveredPool {
    # .SYNOPSIS
    # Checks that nothing was entered by hand for servers that Lync discovers by itself. -Advice makes failures warnings.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [switch]$Advice
    )
    foreach ($name in @(@($Pool.Fqdn) + $Pool.Servers | Select-Object -Unique)) {
        $byHand = $State.Trusted.ContainsKey($name) -or @($State.Computer.GetEnumerator() | Where-Object { $_.Value -contains $name }).Count -gt 0
        Get-Check -Passed (-not $byHand) -Advice:$Advice -Subject "colocated server $name" -Good 'has no trusted application pool or computer' -Bad 'has a trusted application pool or computer beside its discovered entry: a double entry stops OWA integration; remove the manual one in a change of its own'
    }
}

function Test-DuplicatePool {
    # .SYNOPSIS
    # Checks that a manual entry for discovered servers can go: it holds nothing else, and the servers stay known without it.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool
    )
    $subject = "trusted application pool $($Pool.Fqdn)"
    $own = @(@($Pool.Fqdn) + $Pool.Servers)
    foreach ($server in $Pool.Servers) {
        $other = @($State.Computer.GetEnumerator() | Where-Object { $_.Key -ne $Pool.Fqdn -and $_.Value -contains $server } | ForEach-Object { $_.Key })
        Get-Check -Passed ($other.Count -eq 0) -Subject "server $server" -Good 'has no manual entry in another trusted application pool' -Bad "has a manual entry in $($other -join ', ') too, which this change does not remove: describe that pool as an OWA pool of its own"
    }
    if (-not $State.Trusted.ContainsKey($Pool.Fqdn)) {
        Get-Check -Passed $true -Subject $subject -Good 'does not exist: there is no manual entry to remove' -Bad ''
        return
    }
    Get-Check -Passed ("$($State.Trusted[$Pool.Fqdn].Registrar)" -ne '') -Subject $subject -Good 'has a registrar' -Bad 'has no registrar, and Lync cannot remove a pool without one; give it one first (Set-CsTrustedApplicationPool)'
    Test-PoolRemoval -State $State -Pool @{ Fqdn = $Pool.Fqdn; ApplicationId = $Pool.ApplicationId; Computers = $own } -Whole
    $discovery = Get-DiscoveryEvidence
    foreach ($server in $Pool.Servers) {
        if ($discovery.Visible) {
            Get-Check -Passed (Test-NameInText -Name $server -Text $discovery.Text) -Subject "server $server" -Good 'is discovered by Lync (event 44024)' -Bad 'is not discovered by Lync (event 44024): without the manual entry Lync would not know it any more; see the UM services and the SipName dial plans'
        } else {
            Get-Unseen -Subject "server $server" -Question "go/no-go: on a Front End, does the newest event 44024 of 'LS Exchange Unified Messaging Routing' name it? If not, stop: without the manual entry Lync would not know it any more."
        }
    }
}

function Get-PoolState {
    # .SYNOPSIS
    # Returns all that is needed to create a trusted application pool again.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [string]$Fqdn
    )
    if (-not $State.Trusted.ContainsKey($Fqdn)) { return @{ Exists = $false } }
    $pool = $State.Trusted[$Fqdn]
    @{
        Exists = $true
        Registrar = "$($pool.Registrar)" -replace '^.*:', ''
        SiteId = Get-SiteId -State $State -Identity ([string]$pool.SiteId)
        RequiresReplication = [bool]$pool.RequiresReplication
        ThrottleAsServer = [bool]$pool.ThrottleAsServer
        TreatAsAuthenticated = [bool]$pool.TreatAsAuthenticated
        OutboundOnly = [bool]$pool.OutboundOnly
        Computers = @(if ($State.Computer.ContainsKey($Fqdn)) { $State.Computer[$Fqdn] })
        Applications = @(if ($State.Application.ContainsKey($Fqdn)) { $State.Application[$Fqdn] | ForEach-Object { @{ Id = (Get-ApplicationName -Application $_); Port = [int]$_.Port } } })
    }
}

function Test-LyncSide {
    # .SYNOPSIS
    # Makes every check of the Lync side that can be made before the change.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [string[]]$Registrar,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [hashtable[]]$Pool,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [hashtable[]]$Discovered
    )
    # After a run that broke off, the replicas may still be busy with what it did.
    Test-Registrar -State $State -Registrar $Registrar -Advice:(Test-BeforeState)
    foreach ($one in $Pool) { Test-TrustedPool -State $State -Pool $one }
    foreach ($one in $Discovered) { Test-DiscoveredPool -State $State -Pool $one }
}

function Test-FinishedPool {
    # .SYNOPSIS
    # Checks that a planned pool is there with its computers and its application. -Advice makes failures warnings.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [switch]$Advice
    )
    $subject = "trusted application pool $($Pool.Fqdn)"
    $exists = $State.Trusted.ContainsKey($Pool.Fqdn)
    Get-Check -Passed $exists -Advice:$Advice -Subject $subject -Good 'exists' -Bad 'does not exist; run step 40'
    if (-not $exists) { return }
    $present = @(if ($State.Computer.ContainsKey($Pool.Fqdn)) { $State.Computer[$Pool.Fqdn] })
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $present -notcontains $_ })
    Get-Check -Passed ($absent.Count -eq 0) -Advice:$Advice -Subject $subject -Good 'has its computers' -Bad "lacks $($absent -join ', '); run step 40 again"
    $own = @(if ($State.Application.ContainsKey($Pool.Fqdn)) { $State.Application[$Pool.Fqdn] | Where-Object { (Get-ApplicationName -Application $_) -eq $Pool.ApplicationId -and [int]$_.Port -eq $Pool.Port } })
    Get-Check -Passed ($own.Count -eq 1) -Advice:$Advice -Subject $subject -Good "has the application $($Pool.ApplicationId) on port $($Pool.Port)" -Bad "lacks the application $($Pool.ApplicationId) on port $($Pool.Port); run step 40 again"
}

function Save-TopologySnapshot {
    # .SYNOPSIS
    # Saves the topology and the whole configuration before the first change. The export holds secrets: keep it as such.
    [CmdletBinding()]
    param()
    if ($script:Step.WhatIf) { return }
    $export = Get-EvidencePath -Name "$($script:Step.Stem).configuration.zip"
    if (-not (Test-Path -LiteralPath $export -PathType Leaf)) {
        $topology = "$(Get-CsTopology -AsXml -ErrorAction Stop)"
        if ($null -eq ([xml]$topology).DocumentElement) { throw 'Get-CsTopology returned no topology' }
        Save-Evidence -Name "$($script:Step.Stem).topology.xml" -Byte ([Text.Encoding]::UTF8.GetBytes($topology))
        $partial = Get-EvidencePath -Name "$($script:Step.Stem).partial.zip"
        if (Test-Path -LiteralPath $partial) { Remove-Item -LiteralPath $partial }
        Export-CsConfiguration -FileName $partial -ErrorAction Stop
        Move-Item -LiteralPath $partial -Destination $export
    }
    Write-Line -Status 'OK' -Text "topology snapshot and configuration export are saved; the export is sensitive: $export"
}

function Test-PoolRemoval {
    # .SYNOPSIS
    # Checks that what is to be removed from a pool holds nothing that this change did not create: removing a pool or an application removes that too.
    # .PARAMETER Whole
    # The pool itself goes, not only its application.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [hashtable]$State,
        [Parameter(Mandatory = $true)] [hashtable]$Pool,
        [switch]$Whole
    )
    if (-not $State.Trusted.ContainsKey($Pool.Fqdn)) { return }
    $foreign = @(Get-CsTrustedApplicationEndpoint -TrustedApplicationPoolFqdn $Pool.Fqdn -ErrorAction Stop | ForEach-Object { "endpoint $($_.SipAddress)" })
    if ($Whole) {
        $planned = @(Get-PlannedComputer -Pool $Pool)
        $foreign += @(if ($State.Application.ContainsKey($Pool.Fqdn)) { $State.Application[$Pool.Fqdn] | Where-Object { (Get-ApplicationName -Application $_) -ne $Pool.ApplicationId } | ForEach-Object { 'application ' + (Get-ApplicationName -Application $_) } })
        $foreign += @(if ($State.Computer.ContainsKey($Pool.Fqdn)) { $State.Computer[$Pool.Fqdn] | Where-Object { $planned -notcontains $_ } | ForEach-Object { "computer $_" } })
    }
    Get-Check -Passed ($foreign.Count -eq 0) -Subject "trusted application pool $($Pool.Fqdn)" -Good 'holds nothing that is not this change''s' -Bad "holds what is not this change's: $($foreign -join ', '); removing it would remove that too: find its owner first"
}

function Test-KnownServer {
    <#
    .SYNOPSIS
    Looks on a Front End whether Lync knows the servers (P14) and whether one has two entries (P2).
    .PARAMETER Trusted
    Names in trusted application pools: known through them, and not to be discovered too.
    .PARAMETER Discovered
    Names that Lync is to discover by itself.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Trusted,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Discovered
    )
    $discovery = Get-DiscoveryEvidence
    $stack = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Protocol Stack'; Id = 14492, 14493, 14495 })
    if (-not $discovery.Visible -and $stack.Count -eq 0) {
        Get-Unseen -Subject 'known servers' -Question "go/no-go: on a Front End, do the events 14492/14493 of 'LS Protocol Stack' or 44024 of 'LS Exchange Unified Messaging Routing' name $(@($Trusted + $Discovered) -join ', '), and none of them twice?"
        return
    }
    foreach ($name in $Trusted) {
        if ($discovery.Visible) { Get-Check -Passed (-not (Test-NameInText -Name $name -Text $discovery.Text)) -Subject "known server $name" -Good 'is not discovered beside its trusted application pool' -Bad 'is discovered (event 44024) and in a trusted application pool too: a double entry stops OWA integration; take it out of the SipName dial plans' }
    }
    $newest = @(@($stack) + @($discovery.Event) | Where-Object { $null -ne $_ } | Sort-Object -Property TimeCreated -Descending)
    foreach ($name in @($Trusted + $Discovered)) {
        $known = Test-KnownByEvent -Name $name -Newest $newest
        Get-Check -Passed $known -Advice -Subject "known server $name" -Good 'is on the known servers list of this Front End' -Bad 'is not on the known servers list of this Front End yet (events 14492, 14493, 44024); the list is read at the start of the service and when the topology changes'
    }
}

function Test-StillDiscovered {
    # .SYNOPSIS
    # Checks after a manual entry is gone that Lync discovers the servers (event 44024). The removal itself is logged as 14495 and says nothing about that.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]]$Server)
    $discovery = Get-DiscoveryEvidence
    foreach ($name in $Server) {
        if ($discovery.Visible) {
            Get-Check -Passed (Test-NameInText -Name $name -Text $discovery.Text) -Subject "server $name" -Good 'is discovered by Lync (event 44024)' -Bad 'is not discovered by Lync (event 44024), and its manual entry is gone: Lync does not know it any more; go back with the back-out of step 40'
        } else {
            Get-Unseen -Subject "server $name" -Question "go/no-go: on a Front End, does the newest event 44024 of 'LS Exchange Unified Messaging Routing' name it? If not, go back with the back-out of step 40."
        }
    }
}

function Test-KnownByEvent {
    # .SYNOPSIS
    # Tells whether the events, newest first, say that a name is known: 14492 is a whole list, 14493 adds, 14495 removes, 44024 names what was discovered.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]]$Newest
    )
    foreach ($entry in $Newest) {
        if (Test-NameInText -Name $Name -Text ([string]$entry.Message)) { return $entry.Id -ne 14495 }
        if ($entry.Id -eq 14492) { return $false }
    }
    $false
}

function Get-DiscoveryEvidence {
    # .SYNOPSIS
    # Reads the newest list of servers that Lync found at start (event 44024); only a Front End has it.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $filter = @{ LogName = 'Lync Server'; ProviderName = 'LS Exchange Unified Messaging Routing'; Id = 44024 }
    $newest = @(Find-Event -Filter $filter -First 1)
    $text = ''
    if ($newest.Count -gt 0) { $text = [string]$newest[0].Message }
    # Without its text (a missing message resource) the event says nothing.
    @{ Visible = $text.Trim() -ne ''; Text = $text; Event = $newest }
}

function Test-NameInText {
    # .SYNOPSIS
    # Tells whether a text names an FQDN, as a whole name.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Name,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Text
    )
    [regex]::IsMatch($Text, '(?<![\w.-])' + [regex]::Escape($Name) + '(?![\w-])(?!\.\w)', 'IgnoreCase, CultureInvariant')
}

function Test-PilotSipUser {
    # .SYNOPSIS
    # Checks that a pilot user is enabled for Lync (P12).
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Address)
    foreach ($name in $Address) {
        $enabled = $false
        $reason = 'the account is disabled'
        try {
            $enabled = [bool](Get-CsUser -Identity "sip:$name" -ErrorAction Stop).Enabled
        } catch {
            $reason = $_.Exception.Message
        }
        Get-Check -Passed $enabled -Subject "pilot user $name" -Good 'is enabled for Lync' -Bad "is not enabled for Lync under this SIP address ($reason); enable the user, or name the SIP address in pilotUsers"
    }
}


# ---- exchange -----------------------------------------------------------------------------------------------

function Get-InstallPath {
    # .SYNOPSIS
    # Returns a path below the Exchange installation folder of this host.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string]$Child)
    $setup = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
    Join-Path -Path $setup.MsiInstallPath -ChildPath $Child
}

function Test-UcmaRuntime {
    # .SYNOPSIS
    # Checks that the UCMA 4.0 runtime is installed (P1): the registry value is the DLL, or the folder that holds it.
    [CmdletBinding()]
    param()
    $dll = 'Microsoft.Rtc.Internal.Ucweb.dll'
    $value = ''
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging' -ErrorAction SilentlyContinue
    if ($null -ne $key -and $null -ne $key.PSObject.Properties['ImplementationDLLPath']) { $value = [string]$key.ImplementationDLLPath }
    $found = $false
    if ($value -ne '') {
        $file = if ((Split-Path -Leaf -Path $value) -eq $dll) { $value } else { Join-Path -Path $value -ChildPath $dll }
        $found = Test-Path -LiteralPath $file -PathType Leaf
    }
    Get-Check -Passed $found -Subject 'UCMA 4.0 runtime' -Good "ImplementationDLLPath leads to $dll" -Bad "ImplementationDLLPath is '$value' and does not lead to $dll; install the runtime: https://www.microsoft.com/download/details.aspx?id=34992"
}

function Test-ImCertificate {
    # .SYNOPSIS
    # Checks the certificate of a server: present, with key, in its dates, valid, and with the names that Lync looks for (P3, P9).
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    $subject = "certificate $($Server.Thumbprint)"
    $found = @(Get-ExchangeCertificate -Server $Server.Fqdn -ErrorAction Stop | Where-Object { $_.Thumbprint -eq $Server.Thumbprint })
    Get-Check -Passed ($found.Count -eq 1) -Subject $subject -Good "is on $($Server.Fqdn)" -Bad "is not on $($Server.Fqdn); import it there with its private key, or correct certificateThumbprint (see Get-ExchangeCertificate)"
    if ($found.Count -ne 1) { return }
    $certificate = $found[0]
    $now = Get-Date
    $names = @($certificate.CertificateDomains | ForEach-Object { [string]$_ })
    $common = ''
    if ([string]$certificate.Subject -match '(?:^|,\s*)CN="?([^,"]+)"?') { $common = $Matches[1].Trim() }
    $absent = @($Server.Names | Where-Object { $names -notcontains $_ })
    Get-Check -Passed ([bool]$certificate.HasPrivateKey) -Subject $subject -Good 'has its private key' -Bad 'has no private key; import it with the key'
    Get-Check -Passed ($certificate.NotBefore -le $now -and $certificate.NotAfter -gt $now) -Subject $subject -Good "is in its dates, until $('{0:yyyy-MM-dd}' -f $certificate.NotAfter)" -Bad "is outside its dates ($('{0:yyyy-MM-dd} to {1:yyyy-MM-dd}' -f $certificate.NotBefore, $certificate.NotAfter)); renew it"
    Get-Check -Passed ([string]$certificate.Status -eq 'Valid') -Subject $subject -Good 'has the status Valid' -Bad "has the status $($certificate.Status) instead of Valid; its chain must be trusted and its revocation list reachable, here and on the Lync side"
    Get-Check -Passed ($common -eq $Server.Subject) -Subject $subject -Good "has the subject CN $common" -Bad "has the subject CN '$common', not $($Server.Subject)$(if ($common -like '*[*]*') { '; Lync does not support a wildcard subject' }); request one with that subject"
    Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good 'holds every name that Lync looks for' -Bad "does not hold $($absent -join ', ') in its subject alternative names; request one that does"
}

function Get-OwaDirectory {
    # .SYNOPSIS
    # Returns the front-end OWA virtual directories of one server, or of the organisation for ''.
    [CmdletBinding()]
    [OutputType([object[]])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Server)
    if ($Server -eq '') { Get-OwaVirtualDirectory -ErrorAction Stop } else { Find-ExchangeObject -Find { Get-OwaVirtualDirectory -Server $Server -ErrorAction Stop } }
}

function Test-OwaDirectory {
    # .SYNOPSIS
    # Checks that a Client Access server of the right version has an OWA virtual directory; '' is the organisation.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string]$Server,
        [Parameter(Mandatory = $true)] [string]$Year
    )
    $where = if ($Server -eq '') { 'the organisation' } else { $Server }
    $found = @(Get-OwaDirectory -Server $Server)
    Get-Check -Passed ($found.Count -gt 0) -Subject "OWA virtual directory on $where" -Good "$($found.Count) found" -Bad 'none found; name the Client Access servers in clientAccessServers'
    foreach ($name in @($found | ForEach-Object { [string]$_.Server } | Select-Object -Unique)) {
        $reported = [string](Get-ExchangeServer -Identity $name -ErrorAction Stop).AdminDisplayVersion
        # The organisation-wide form of the Page touches every version, as the plan warns.
        Get-Check -Passed (Test-ExchangeVersion -Reported $reported -Year $Year) -Advice:($Server -eq '') -Subject "Client Access server $name" -Good "is Exchange $Year" -Bad "reports '$reported', not Exchange $Year"
    }
}

function Test-OwaPolicy {
    # .SYNOPSIS
    # Checks that a name is exactly one OWA mailbox policy.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Name)
    $found = @(Get-OwaMailboxPolicy -ErrorAction Stop | Where-Object { $_.Name -eq $Name })
    Get-Check -Passed ($found.Count -eq 1) -Subject "OWA mailbox policy $Name" -Good 'exists' -Bad "$($found.Count) policies have this name; see Get-OwaMailboxPolicy and correct mailboxPolicies"
}

function Find-ExchangeObject {
    # .SYNOPSIS
    # Runs a look-up; an object that does not exist is nothing, any other error is an error: a guard must not pass because a look-up failed.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [scriptblock]$Find)
    try {
        & $Find
    } catch {
        if ($_.CategoryInfo.Reason -ne 'ManagementObjectNotFoundException') { throw }
    }
}

function Test-PilotMailbox {
    # .SYNOPSIS
    # Checks the conditions for a pilot user that Exchange sees (P12): mailbox version, SIP address, OWA mailbox policy.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Address,
        [Parameter(Mandatory = $true)] [string]$Year
    )
    foreach ($name in $Address) {
        $subject = "pilot user $name"
        $mailbox = @(Find-ExchangeObject -Find { Get-Mailbox -Identity $name -ErrorAction Stop })
        Get-Check -Passed ($mailbox.Count -eq 1) -Subject $subject -Good 'has a mailbox' -Bad "has $($mailbox.Count) mailboxes under this address; correct pilotUsers"
        if ($mailbox.Count -ne 1) { continue }
        $sip = @($mailbox[0].EmailAddresses | Where-Object { [string]$_ -like 'sip:*' } | ForEach-Object { [string]$_ })
        # Without a policy the virtual directory decides.
        $policy = [string](Get-CASMailbox -Identity $name -ErrorAction Stop).OwaMailboxPolicy
        $allowed = $policy -eq '' -or (Test-InstantMessaging -Subject (Get-OwaMailboxPolicy -Identity $policy -ErrorAction Stop))
        Get-Check -Passed (Test-ExchangeVersion -Reported ([string]$mailbox[0].AdminDisplayVersion) -Year $Year) -Subject $subject -Good "has the mailbox on Exchange $Year" -Bad "has the mailbox on '$($mailbox[0].AdminDisplayVersion)', not on Exchange $Year; move it"
        Get-Check -Passed ($sip.Count -gt 0) -Subject $subject -Good "has the SIP address $($sip -join ', ')" -Bad 'has no SIP address among EmailAddresses; enable the user for Lync'
        Get-Check -Passed $allowed -Subject $subject -Good 'has instant messaging by OWA mailbox policy' -Bad "has the OWA mailbox policy '$policy' without instant messaging of type OCS; the change integrate enables it"
    }
}

function Test-InstantMessaging {
    # .SYNOPSIS
    # Tells whether a virtual directory or mailbox policy has instant messaging enabled with the type OCS.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] $Subject)
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    [bool]$Subject.InstantMessagingEnabled -and [string]$Subject.InstantMessagingType -eq 'Ocs'
}

function Test-MessagingOff {
    # .SYNOPSIS
    # Tells whether a virtual directory has instant messaging switched off.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] $Subject)
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    -not [bool]$Subject.InstantMessagingEnabled
}

function Get-MessagingState {
    # .SYNOPSIS
    # Returns what a back-out of instant messaging restores: object identity -> InstantMessagingEnabled, InstantMessagingType.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]]$Subject)
    if ($Subject.Count -eq 0) { throw 'there is nothing to act on; see the checks above' }
    $state = @{}
    foreach ($one in $Subject) {
        $state[(Get-Identity -Subject $one)] = @{ InstantMessagingEnabled = [bool]$one.InstantMessagingEnabled; InstantMessagingType = [string]$one.InstantMessagingType }
    }
    $state
}

function Test-MessagingState {
    # .SYNOPSIS
    # Tells whether an object is as it was captured.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] $Subject,
        [Parameter(Mandatory = $true)] $Captured
    )
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    [bool]$Subject.InstantMessagingEnabled -eq [bool]$Captured.InstantMessagingEnabled -and [string]$Subject.InstantMessagingType -eq [string]$Captured.InstantMessagingType
}

function Get-Identity {
    # .SYNOPSIS
    # Returns the identity of an object; never empty, because an empty identity means every object.
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] $Subject)
    $identity = [string]$Subject.Identity
    if ($identity.Trim() -eq '') { throw 'an object came back without an identity; acting on it would touch every object' }
    $identity
}

function Get-OwaPoolState {
    # .SYNOPSIS
    # Returns the state of the OWA application pool on this host, 'Started' when it runs.
    [CmdletBinding()]
    [OutputType([string])]
    param()
    "$(& 'C:\Windows\System32\Inetsrv\Appcmd.exe' list apppool '/apppool.name:MSExchangeOWAAppPool' '/text:state')".Trim()
}

function Invoke-OwaRecycle {
    # .SYNOPSIS
    # Recycles the OWA application pool of this host if that is due (P10), and notes when.
    [CmdletBinding()]
    param()
    Invoke-FollowUp -Mark 'owa-recycle' -Target "OWA application pool on $($script:Step.Host)" -Action 'recycle MSExchangeOWAAppPool' -Change {
        $before = (Get-Date).ToUniversalTime()
        Invoke-PoolRecycle
        Save-Evidence -Name 'owa-recycle.json' -Byte (Get-JsonByte -Value @{ RecycledAt = $before.ToString('s') + 'Z' })
    }
    if ($script:Step.WhatIf) { return }
    $state = Get-OwaPoolState
    if ($state -ne 'Started') {
        $script:Step.Late = $true
        throw "MSExchangeOWAAppPool is '$state' instead of Started; start it in IIS Manager and look into the System event log"
    }
    Write-Line -Status 'OK' -Text 'MSExchangeOWAAppPool is started'
}

function Get-RecycleTime {
    # .SYNOPSIS
    # Returns when this change recycled OWA on this host; $null when it did not.
    [CmdletBinding()]
    [OutputType([datetime])]
    param()
    $path = Get-EvidencePath -Name 'owa-recycle.json'
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $null }
    # ConvertFrom-Json makes a date of it in some versions and leaves the text in others.
    $value = (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).RecycledAt
    if ($value -is [datetime]) { return $value.ToLocalTime() }
    [datetime]::ParseExact([string]$value, "yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]'AssumeUniversal')
}

function Test-FinishedServer {
    # .SYNOPSIS
    # Checks on this host what step 70 leaves: the settings, a started application pool, no recycle due.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    Test-FinishedSetting -Server $Server
    $state = Get-OwaPoolState
    Get-Check -Passed ($state -eq 'Started') -Subject 'MSExchangeOWAAppPool' -Good 'is started' -Bad "is '$state'; start it in IIS Manager"
    Get-Check -Passed (-not (Test-Mark -Name 'owa-recycle')) -Subject 'OWA application pool' -Good 'no recycle is due' -Bad 'a recycle is still due; run step 70 again'
}

function Test-OwaStart {
    # .SYNOPSIS
    # Checks what the first OWA sign-in after the recycle leaves (P14): event 112 and the log folder. Shows every error and warning of OWA since then.
    # .PARAMETER Pilot
    # The pilot users; where their mailboxes are all active on other servers, nobody may have signed in through this one yet.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Pilot)
    $since = Get-RecycleTime
    $subject = 'event log, source MSExchange OWA'
    # Where everything was right already, OWA may have started long ago.
    $recycled = $null -ne $since
    if (-not $recycled) { $since = (Get-Date).AddDays(-7) }
    $events = @(Find-Event -Filter @{ LogName = 'Application'; ProviderName = 'MSExchange OWA'; StartTime = $since })
    $started = @($events | Where-Object { $_.Id -eq 112 }).Count -gt 0
    $logs = Get-InstallPath -Child 'Logging\OWA\InstantMessaging'
    $logging = Test-Path -LiteralPath $logs -PathType Container
    if (-not $recycled -and -not $started) {
        Get-Unseen -Subject $subject -Question 'go/no-go: this change has not recycled OWA on this server, and there is no event 112 in the last 7 days; it is written at the first sign-in after OWA has started. Does a user whose mailbox is active on this server see the presence icon?'
    } elseif (-not ($started -and $logging) -and $Pilot.Count -gt 0 -and -not (Test-PilotHere -Address $Pilot)) {
        Get-Unseen -Subject $subject -Question "go/no-go: no event 112 since the recycle, or no $logs. No pilot user's mailbox is active on this server, so perhaps nobody has signed in through it yet: sign in with one that is, then run this script again"
    } else {
        Get-Check -Passed $started -Subject $subject -Good 'event 112: the instant messaging endpoint manager is initialised' -Bad 'no event 112 since the recycle; sign in to OWA once with a user whose mailbox is active on this server, then run this script again'
        Get-Check -Passed $logging -Subject 'instant messaging logs' -Good "are in $logs" -Bad "there is no $logs; it appears with the first OWA sign-in, and its absence after one means that the integration failed"
    }
    foreach ($trouble in @($events | Where-Object { @(1, 2, 3) -contains [int]$_.Level })) {
        Get-Check -Passed $false -Advice -Subject "event $($trouble.Id)" -Good '' -Bad (([string]$trouble.Message) -replace '\s+', ' ')
    }
}

function Test-PilotHere {
    # .SYNOPSIS
    # Tells whether a pilot user's mailbox is active on this server.
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string[]]$Address)
    foreach ($name in $Address) {
        $server = "$(Find-ExchangeObject -Find { Get-Mailbox -Identity $name -ErrorAction Stop } | ForEach-Object { $_.ServerName })"
        if (@($script:Step.Host, $script:Step.Host.Split('.')[0]) -contains $server) { return $true }
    }
    $false
}

function Test-OwaHealth {
    # .SYNOPSIS
    # Shows what Exchange's own monitoring says; it may lag half an hour behind, so it is advice.
    [CmdletBinding()]
    param()
    $monitors = @(Get-ServerHealth -Identity $script:Step.Host -HealthSet 'OWA.Protocol.Dep' -ErrorAction SilentlyContinue)
    if ($monitors.Count -eq 0) {
        Get-Unseen -Subject 'health set OWA.Protocol.Dep' -Question 'go/no-go: the health service gave no answer; is it running (service MSExchangeHM)?'
        return
    }
    $sick = @($monitors | Where-Object { @('Healthy', 'Online', 'Disabled') -notcontains [string]$_.AlertValue })
    Get-Check -Passed ($sick.Count -eq 0) -Advice -Subject 'health set OWA.Protocol.Dep' -Good 'healthy' -Bad "unhealthy: $(@($sick | ForEach-Object { $_.Name }) -join ', '); it may stay so for about 30 minutes after a repair"
}


# ---- um -----------------------------------------------------------------------------------------------------

function Get-SipPlan {
    # .SYNOPSIS
    # Returns the SipName UM dial plans of the organisation.
    [CmdletBinding()]
    param()
    Get-UMDialPlan -ErrorAction Stop | Where-Object { [string]$_.UriType -eq 'SipName' }
}

function Get-UmHolder {
    # .SYNOPSIS
    # Returns what holds the dial plans of a server: its UM service (UM) or its UM Call Router (Router); nothing where it has none.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [Parameter(Mandatory = $true)] [string]$Role
    )
    Find-ExchangeObject -Find {
        if ($Role -eq 'UM') { Get-UMService -Identity $Server -ErrorAction Stop } else { Get-UMCallRouterSettings -Server $Server -ErrorAction Stop }
    }
}

function Get-ServerSipPlan {
    <#
    .SYNOPSIS
    Returns the names of the SipName dial plans that the UM service or the UM Call Router of a server is in.
    .PARAMETER Role
    UM, Router, or both.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [string[]]$Role = @('UM', 'Router')
    )
    $names = @($Role | ForEach-Object { Get-UmHolder -Server $Server -Role $_ } | ForEach-Object { $_.DialPlans } | ForEach-Object { [string]$_ })
    Get-SipPlan | Where-Object { $names -contains $_.Name -or $names -contains [string]$_.Identity } | ForEach-Object { [string]$_.Name }
}

function Test-SipPlan {
    # .SYNOPSIS
    # Checks that every named dial plan exists and is a SipName plan; no name stands for all, of which there must be one.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]]$Name)
    $sip = @(Get-SipPlan | ForEach-Object { [string]$_.Name })
    if ($Name.Count -eq 0) { Get-Check -Passed ($sip.Count -gt 0) -Subject 'SipName dial plans' -Good "$($sip -join ', ')" -Bad 'there is none; create one first, or leave sipDialPlans out' }
    foreach ($plan in $Name) {
        Get-Check -Passed ($sip -contains $plan) -Subject "dial plan $plan" -Good 'is a SipName dial plan' -Bad 'is not a SipName dial plan of this organisation; only SipName plans make Lync discover a server (see Get-UMDialPlan)'
    }
}

function Test-UmRole {
    # .SYNOPSIS
    # Checks that a server has the UM service (UM) or the UM Call Router (Router) whose dial plans are to be set.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [Parameter(Mandatory = $true)] [string]$Role
    )
    $found = @(Get-UmHolder -Server $Server -Role $Role)
    $name = if ($Role -eq 'UM') { 'UM service' } else { 'UM Call Router' }
    Get-Check -Passed ($found.Count -eq 1) -Subject "$name on $Server" -Good 'found' -Bad "not found; name only Mailbox servers in mailboxServers and Client Access servers in clientAccessServers"
}

function Test-UmColocation {
    <#
    .SYNOPSIS
    Checks the claim umColocated: true as far as any Exchange server sees it (P2): both UM services on the server, and a SipName dial plan.
    .PARAMETER PlanComing
    A SipName dial plan is still to come in step 30.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Server,
        [switch]$PlanComing
    )
    Test-UmRole -Server $Server -Role 'UM'
    Test-UmRole -Server $Server -Role 'Router'
    $plans = @(Get-ServerSipPlan -Server $Server -Role 'UM')
    if ($plans.Count -eq 0 -and $PlanComing) {
        Get-Check -Passed $false -Advice -Subject "colocated server $Server" -Good '' -Bad 'is in no SipName dial plan yet; step 30 adds it'
        return
    }
    Get-Check -Passed ($plans.Count -gt 0) -Subject "colocated server $Server" -Good "is in the SipName dial plan $($plans -join ', ')" -Bad 'is in no SipName dial plan, so Lync does not discover it; if step 30 has just run, wait for Active Directory replication and run this again, otherwise name the plan in sipDialPlans or say umColocated: false'
}

function Test-UmServiceOnHost {
    # .SYNOPSIS
    # Checks that both UM services are installed on this host (P2).
    [CmdletBinding()]
    param()
    foreach ($name in @('MSExchangeUM', 'MSExchangeUMCR')) {
        $service = @(Get-Service -Name $name -ErrorAction SilentlyContinue)
        Get-Check -Passed ($service.Count -eq 1) -Subject "service $name" -Good 'is installed on this server' -Bad 'is not installed on this server, so its UM services are not colocated: say umColocated: false'
    }
}

function Test-DoubleEntry {
    # .SYNOPSIS
    # Checks that a name of the trusted application pool is not in a SipName dial plan too (P2, P6).
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]]$Name)
    foreach ($server in $Name) {
        if (@(Find-ExchangeObject -Find { Get-ExchangeServer -Identity $server -ErrorAction Stop }).Count -eq 0) { continue }
        $plans = @(Get-ServerSipPlan -Server $server | Select-Object -Unique)
        Get-Check -Passed ($plans.Count -eq 0) -Subject "server $server" -Good 'is in no SipName dial plan' -Bad "goes into the trusted application pool but is in the SipName dial plan $($plans -join ', ') too, so Lync discovers it: a double entry stops OWA integration; use trustedComputers: [] or take it out of the plan"
    }
}


# ---- settings in web.config ---------------------------------------------------------------------------------

function Test-FinishedSetting {
    # .SYNOPSIS
    # Checks that this host has the settings that step 70 writes.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [hashtable]$Server)
    $setting = @{ IMCertificateThumbprint = $Server.Thumbprint; IMServerName = $Server.Registrar }
    Get-Check -Passed (Test-WebConfigSetting -Path (Get-OwaWebConfig) -Setting $setting) -Subject 'web.config' -Good 'has both keys' -Bad 'lacks one of the two keys or has another value; run step 70 again'
}

function Test-WebConfigBase {
    # .SYNOPSIS
    # Checks before a renewal that web.config names the Lync pool already: a renewal changes the certificate only.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Server
    )
    $same = $false
    try {
        $same = Test-WebConfigSetting -Path $Path -Setting @{ IMServerName = $Server.Registrar }
    } catch {
        Write-Verbose -Message "unreadable, as another check says: $($_.Exception.Message)"
        return
    }
    Get-Check -Passed $same -Subject 'web.config' -Good "names the Lync pool $($Server.Registrar)" -Bad "does not name the Lync pool $($Server.Registrar), so there is nothing to renew; after a cumulative update run the change reapply, otherwise integrate"
}

function Invoke-PoolRecycle {
    # .SYNOPSIS
    # Recycles the OWA application pool of this host (P10).
    [CmdletBinding()]
    param()
    $answer = & 'C:\Windows\System32\Inetsrv\Appcmd.exe' recycle apppool '/apppool.name:MSExchangeOWAAppPool'
    # The message is localised: the exit code and the state count.
    if ($LASTEXITCODE -ne 0) { throw "Appcmd.exe ended with ${LASTEXITCODE}: $answer" }
}

function Get-OwaWebConfig {
    # .SYNOPSIS
    # Returns the path of OWA's web.config on this host.
    [CmdletBinding()]
    [OutputType([string])]
    param()
    Get-InstallPath -Child 'ClientAccess\Owa\web.config'
}

function Test-WebConfigFile {
    # .SYNOPSIS
    # Checks that OWA's web.config on this host can be edited.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Path)
    $reason = "$(Get-WebConfigObstacle -Path $Path)"
    try {
        if ($reason -eq '') { [void](Read-WebConfig -Path $Path) }
    } catch {
        $reason = $_.Exception.Message
    }
    Get-Check -Passed ($reason -eq '') -Subject 'web.config' -Good "$Path can be edited" -Bad $reason
}

function Save-WebConfigState {
    # .SYNOPSIS
    # Captures the two keys and the bytes of web.config before the first change on this host.
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string]$Path)
    $config = Read-WebConfig -Path $Path
    if (-not (Test-BeforeState)) { Save-Evidence -Name "$($script:Step.Stem).before.web.config" -Byte $config.Bytes }
    Save-BeforeState -State @{ 'web.config' = $config.Setting }
}

function Get-CapturedSetting {
    # .SYNOPSIS
    # Returns the two keys of web.config as they were captured; $null stands for an absent key.
    [CmdletBinding()]
    [OutputType([hashtable])]
    param()
    $was = (Read-BeforeState)['web.config']
    $setting = @{}
    foreach ($key in @('IMCertificateThumbprint', 'IMServerName')) {
        $value = $was.PSObject.Properties[$key].Value
        if ($null -ne $value -and $value -isnot [string]) { throw "the captured value of $key cannot be read; restore web.config by hand from the evidence folder" }
        $setting[$key] = $value
    }
    $setting
}

function Test-WebConfigSetting {
    # .SYNOPSIS
    # Tells whether the two keys of web.config have these values; $null stands for an absent key.
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Setting
    )
    $found = (Read-WebConfig -Path $Path).Setting
    foreach ($key in $Setting.Keys) {
        if ($null -eq $found[$key] -and $null -eq $Setting[$key]) { continue }
        if ($null -eq $found[$key] -or $null -eq $Setting[$key]) { return $false }
        # -eq would overlook characters such as U+200E.
        if (-not [string]::Equals($found[$key], $Setting[$key], [StringComparison]::OrdinalIgnoreCase)) { return $false }
    }
    $true
}

function Write-WebConfig {
    # .SYNOPSIS
    # Writes the two keys into web.config, after noting what the file will be: a back-out restores the whole file only if it is still exactly that.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Setting
    )
    $config = Read-WebConfig -Path $Path
    $bytes = Edit-WebConfig -Config $config -Setting $Setting
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    $after = Get-EvidencePath -Name "$($script:Step.Stem).after.web.config"
    if ((Get-SealedHash -Path $before) -eq (Get-SealedHash -Path $Path)) {
        Save-Evidence -Name "$($script:Step.Stem).after.web.config" -Byte $bytes
    } elseif (Test-Path -LiteralPath $after) {
        # Somebody, a cumulative update perhaps, has written the file since it was captured: the captured one is too old to come back.
        Remove-Item -LiteralPath $after
    }
    Save-WebConfig -Config $config -Byte $bytes
}

function Restore-WebConfig {
    # .SYNOPSIS
    # Brings web.config back: the captured bytes if the file is exactly what the change left, otherwise the two keys only.
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string]$Path,
        [Parameter(Mandatory = $true)] [hashtable]$Setting
    )
    $config = Read-WebConfig -Path $Path
    $after = Get-EvidencePath -Name "$($script:Step.Stem).after.web.config"
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    if ((Test-Path -LiteralPath $after -PathType Leaf) -and (Get-SealedHash -Path $after) -eq (Get-SealedHash -Path $Path)) {
        Save-WebConfig -Config $config -Byte ([IO.File]::ReadAllBytes($before))
    } else {
        Save-WebConfig -Config $config -Byte (Edit-WebConfig -Config $config -Setting $Setting)
    }
}


# OWA's web.config. An XML reader tells where the two keys stand, the text is edited there, and one replacement
# puts the new file in place: everything else keeps every byte. An 8-bit file is held as Latin-1, a character a
# byte. Values are compared by [string]::Equals, because -eq and -ceq overlook characters such as U+200E.

$script:WebConfigKey = 'IMCertificateThumbprint', 'IMServerName'

function Get-WebConfigObstacle {
    <#
    .SYNOPSIS
    Says in one sentence why web.config cannot be replaced (missing, read-only, no right, in use); else nothing.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string]$Path)

    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
        "${Path}: not there. Run this on a server where OWA is installed."
    }
    elseif ([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReadOnly) {
        "${Path}: read-only. Find out why, clear the attribute and run again."
    }
    else {
        try { [IO.File]::Open($Path, 'Open', 'ReadWrite', 'None').Dispose() }
        catch {
            "${Path}: in use, or may not be written. $($_.Exception.GetBaseException().Message) " +
            'Close what holds it, or use an account that may write it, and run again.'
        }
    }
}

function Read-WebConfig {
    <#
    .SYNOPSIS
    Reads web.config and finds the two keys; refuses a file that cannot be edited safely.
    .DESCRIPTION
    Returns Path, Bytes, Text (byte order mark included), Encoding, AppSettings (positions) and Setting, a hashtable
    with the present value of each key, $null for one that is absent.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string]$Path)

    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
        throw "${Path}: not there. Run this on a server where OWA is installed."
    }
    try { $bytes = [IO.File]::ReadAllBytes($Path) }
    catch {
        throw ("${Path}: in use, or may not be read. $($_.Exception.GetBaseException().Message) " +
            'Close what holds it, or use an account that may read it, and run again.')
    }
    ConvertFrom-WebConfigByte -Path $Path -Byte $bytes
}

function Edit-WebConfig {
    <#
    .SYNOPSIS
    Returns the bytes of web.config with each key in Setting at its value, or without it where the value is $null.
    #>
    [CmdletBinding()]
    [OutputType([byte[]], [array])]
    param([Parameter(Mandatory = $true)] [object]$Config, [Parameter(Mandatory = $true)] [Collections.IDictionary]$Setting)

    $asked = @($script:WebConfigKey | Where-Object { $Setting.Contains($_) })
    $added = @()
    $edits = @(foreach ($key in $asked) {
            $present = $Config.AppSettings.Element[$key]
            $wanted = $Setting[$key]
            if ($present -and $null -eq $wanted) {
                Get-WebConfigRemoval -Text $Config.Text -Element $present
            }
            elseif ($present -and -not [string]::Equals($present.Value, $wanted)) {
                [pscustomobject]@{ Start = $present.ValueStart; Length = $present.ValueLength
                    Text = ConvertTo-AttributeText -Value $wanted -Quote $present.Quote
                }
            }
            elseif (-not $present -and $null -ne $wanted) {
                $added += '<add key="{0}" value="{1}"/>' -f $key, (ConvertTo-AttributeText -Value $wanted -Quote '"')
            }
        })
    if ($added) { $edits += Get-WebConfigInsertion -Config $Config -Line $added }
    $text = $Config.Text
    foreach ($edit in $edits | Sort-Object -Property Start -Descending) {
        $text = $text.Remove($edit.Start, $edit.Length).Insert($edit.Start, $edit.Text)
    }

    $bytes = $Config.Encoding.GetBytes($text)
    $after = ConvertFrom-WebConfigByte -Path $Config.Path -Byte $bytes
    $wrong = @($asked | Where-Object { -not [string]::Equals($after.Setting[$_], $Setting[$_]) })
    if ($wrong -or -not [string]::Equals($after.AppSettings.Rest, $Config.AppSettings.Rest)) {
        throw "$($Config.Path): more than the two keys would change; nothing was written. Set them by hand."
    }
    , $bytes
}

function Save-WebConfig {
    <#
    .SYNOPSIS
    Replaces web.config by the bytes in one move, if it is still what Read-WebConfig read.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object]$Config, [Parameter(Mandatory = $true)] [byte[]]$Byte)

    $path = $Config.Path
    $temporary = "$path.lyncowa.tmp"
    $obstacle = Get-WebConfigObstacle -Path $path
    if ($obstacle) { throw $obstacle }
    if (-not (Test-FileContent -Path $path -Byte $Config.Bytes)) {
        throw "${path}: changed by someone else since it was read; nothing was written. Run again."
    }
    try {
        $stream = [IO.File]::Open($temporary, 'Create', 'Write')
        try {
            $stream.Write($Byte, 0, $Byte.Length)
            $stream.Flush($true)
        }
        finally { $stream.Dispose() }
        [IO.File]::Replace($temporary, $path, [NullString]::Value)
    }
    catch {
        $reason = $_.Exception.GetBaseException().Message
        if (-not (Test-Path -LiteralPath $path)) {
            throw "${path}: gone; the new one is whole in $temporary. Rename that to web.config now. $reason"
        }
        if (Test-Path -LiteralPath $temporary -PathType Leaf) {
            Remove-Item -LiteralPath $temporary -Force -ErrorAction SilentlyContinue
        }
        throw "${path}: not replaced, still as before. $reason Close what holds it and run again."
    }
    if (-not (Test-FileContent -Path $path -Byte $Byte)) {
        throw "${path}: does not read back as it was written. Compare it with its backup."
    }
}

function ConvertFrom-WebConfigByte {
    # .SYNOPSIS
    # Makes what Read-WebConfig returns from the bytes of a file.
    param([string]$Path, [byte[]]$Byte)

    $encoding = [Text.Encoding]::GetEncoding(28591)
    $mark = [BitConverter]::ToString($Byte, 0, [Math]::Min(2, $Byte.Length))
    if ('FF-FE', 'FE-FF' -contains $mark) {
        $encoding = New-Object -TypeName Text.UnicodeEncoding -ArgumentList ($mark -eq 'FE-FF'), $true, $true
    }
    try {
        $text = $encoding.GetString($Byte)
        $nodes = Get-WebConfigNode -Text $text
    }
    catch [Xml.XmlException], [ArgumentException] {
        throw ("${Path}: not well-formed XML, or it has a DTD. $($_.Exception.GetBaseException().Message) " +
            'Mend it or restore it from a backup, and run again.')
    }
    $found = Find-WebConfigKey -Path $Path -Text $text -Node $nodes
    $setting = @{}
    foreach ($key in $script:WebConfigKey) {
        $setting[$key] = $null # a true $null: Windows PowerShell writes an empty result to JSON as {}
        if ($found.Element[$key]) { $setting[$key] = [string]$found.Element[$key].Value }
    }
    [pscustomobject]@{
        Path = $Path; Bytes = $Byte; Text = $text; Encoding = $encoding; AppSettings = $found; Setting = $setting
    }
}

function Get-WebConfigNode {
    # .SYNOPSIS
    # Lists the nodes of an XML text with their offsets: Start, Inner (behind the start tag), Close (of the end tag), End.
    # .DESCRIPTION
    # Path is made of the names; a <location> of another folder is told apart. Print holds all that a node says.
    param([string]$Text)

    $tag = [regex]'\G<(?:[^>"'']|"[^"]*"|''[^'']*'')*>'
    $mark = [regex]::Match($Text, '\A(?:\uFEFF|\xEF\xBB\xBF)?').Length
    $lineStart = @($mark) + @(foreach ($match in [regex]::Matches($Text, '\r\n?|\n')) { $match.Index + $match.Length })
    $open = @{ -1 = [pscustomobject]@{ Path = '' } }
    $source = New-Object -TypeName IO.StringReader -ArgumentList $Text.Substring($mark)
    $reader = New-Object -TypeName Xml.XmlTextReader -ArgumentList $source
    $reader.DtdProcessing = 'Prohibit'
    $reader.XmlResolver = $null
    while ($reader.Read()) {
        # The reader points at the name: one character behind '<', two behind the start of '</'.
        $at = $lineStart[$reader.LineNumber - 1] + $reader.LinePosition - 1
        $depth = $reader.Depth
        if ($reader.NodeType -eq 'EndElement') {
            $open[$depth].Close = $at - 2
            $open[$depth].End = 1 + $Text.IndexOf([char]'>', $at)
            continue
        }
        $isElement = $reader.NodeType -eq 'Element'
        $name = if ($isElement) { $reader.Name } else { "#$($reader.NodeType)" }
        if ($name -ceq 'location' -and '', '.' -notcontains [string]$reader.GetAttribute('path')) { $name += '(elsewhere)' }
        $node = [pscustomobject]@{
            Path = $open[$depth - 1].Path + "/$name"; Line = $reader.LineNumber; Empty = $reader.IsEmptyElement
            Start = $at - [int]$isElement; Inner = $at; Close = $at; End = $at
            Key = [string]$reader.GetAttribute('key'); Value = $reader.GetAttribute('value'); Print = ''
        }
        if ($isElement) {
            $open[$depth] = $node
            $node.Inner = $node.Close = $node.End = $tag.Match($Text, $at - 1).Length + $at - 1
        }
        $print = @($depth, $node.Path, $reader.Name, $reader.Value, $node.Empty)
        while ($reader.MoveToNextAttribute()) { $print += $reader.Name, $reader.Value }
        $node.Print = $print -join [char]0
        $node
    }
}

function Find-WebConfigKey {
    # .SYNOPSIS
    # Finds configuration/appSettings and the two keys among the nodes; Rest is the print of all the others.
    param([string]$Path, [string]$Text, [object[]]$Node)

    $section = @($Node | Where-Object { $_.Path -ceq '/configuration/appSettings' })
    if (-not $section) {
        throw "${Path}: no <appSettings> under <configuration> (letter case counts). Check that it is OWA's own file."
    }
    $place = "$Path line $($section[-1].Line)"
    if ($section.Count -gt 1) {
        throw "${place}: one <appSettings> more, the first is in line $($section[0].Line). Join them and run again."
    }
    $section = $section[0]
    if ($section.Empty) {
        throw "${place}: <appSettings/> closes itself. Write start and end tag on two lines and run again."
    }
    $tag = $Text.Substring($section.Start, $section.Inner - $section.Start)
    if ($tag -cmatch '\s(configSource|file|configProtectionProvider|configBuilders)\s*=') {
        throw "${place}: <appSettings> has $($Matches[1]): it lies elsewhere or is encrypted. Set the two keys by hand."
    }

    $anyCase = [StringComparer]::OrdinalIgnoreCase
    $element = New-Object -TypeName 'Collections.Generic.Dictionary[string,object]' -ArgumentList $anyCase
    foreach ($key in $script:WebConfigKey) { $element[$key] = $null }
    foreach ($item in $Node) {
        if (-not ($item.Path -cmatch '^/configuration/(location/)?appSettings/(add|remove|clear)$')) { continue }
        $verb = $Matches[2]
        if ($verb -ne 'clear' -and -not $element.ContainsKey($item.Key)) { continue }
        $place = "$Path line $($item.Line)"
        if ($item.Path -clike '*/location/*') {
            throw "${place}: <$verb> in a <location> of this folder touches the two keys. Take it out and run again."
        }
        if ($verb -eq 'add') {
            $first = $element[$item.Key]
            if ($first) {
                throw "${place}: the key $($item.Key) again, first in line $($first.Line). Keep one and run again."
            }
            $element[$item.Key] = Get-WebConfigElement -Place $place -Text $Text -Node $item
        }
        elseif ($(if ($verb -eq 'remove') { $element[$item.Key] } else { $element.Values | Where-Object { $_ } })) {
            throw "${place}: <$verb> takes away a key that stands before it. Mend the order by hand and run again."
        }
    }
    $until = 0
    $rest = @(foreach ($item in $Node) {
            if ($item.Path -ceq '/configuration/appSettings/add' -and $element.ContainsKey($item.Key)) { $until = $item.End }
            if ($item.Start -ge $until -and $item.Path -cne '/configuration/appSettings/#Whitespace') { $item.Print }
        })
    $child = @($Node | Where-Object { $_.Path -cmatch '^/configuration/appSettings/[^/#]+$' } | Select-Object -Last 1)
    [pscustomobject]@{ Section = $section; LastChild = $child; Element = $element; Rest = $rest -join [char]0 }
}

function Get-WebConfigElement {
    # .SYNOPSIS
    # Tells where an <add> element and the text of its value stand.
    param([string]$Place, [string]$Text, [object]$Node)

    $tag = $Text.Substring($Node.Start, $Node.Inner - $Node.Start)
    $attributes = [regex]::Matches($tag, '([^\s=]+)\s*=\s*("[^"]*"|''[^'']*'')')
    $value = @($attributes | Where-Object { $_.Groups[1].Value -ceq 'value' })
    if (-not $value) { throw "${Place}: the key $($Node.Key) has no value. Write value=`"`" into it and run again." }
    $raw = $value[0].Groups[2]
    $quote = $raw.Value.Substring(0, 1)
    if (-not [string]::Equals($raw.Value, $quote + (ConvertTo-AttributeText -Value $Node.Value -Quote $quote) + $quote)) {
        throw "${Place}: the value of $($Node.Key) is spelt with entities. Write it plainly and run again."
    }
    [pscustomobject]@{ Line = $Node.Line; Start = $Node.Start; End = $Node.End; Value = $Node.Value; Quote = $quote
        ValueStart = $Node.Start + $raw.Index + 1; ValueLength = $raw.Length - 2
    }
}

function Get-WebConfigRemoval {
    # .SYNOPSIS
    # The edit that takes an element out: with its whole line where it stands alone on it.
    param([string]$Text, [object]$Element)

    $start, $end = $Element.Start, $Element.End
    $before = [regex]::Match($Text.Substring(0, $start), '(\r\n?|\n)[ \t]*\z', 'RightToLeft')
    $behind = [regex]::Match($Text.Substring($end), '\A[ \t]*(?=[\r\n])')
    if ($before.Success -and $behind.Success) { $start, $end = $before.Index, ($end + $behind.Length) }
    [pscustomobject]@{ Start = $start; Length = $end - $start; Text = '' }
}

function Get-WebConfigInsertion {
    # .SYNOPSIS
    # The edit that adds elements behind the last child of appSettings, each on a line of its own where the end tag is.
    param([object]$Config, [string[]]$Line)

    $found = $Config.AppSettings
    $inner = $Config.Text.Substring($found.Section.Inner, $found.Section.Close - $found.Section.Inner)
    $lineEnd = [regex]::Match($inner, '(\r\n?|\n)[ \t\r\n]*\z').Groups[1]
    if (-not $lineEnd.Success) {
        $offset = $inner.TrimEnd(" `t".ToCharArray()).Length
        return [pscustomobject]@{ Start = $found.Section.Inner + $offset; Length = 0; Text = -join $Line }
    }
    $model, $times = if ($found.LastChild) { $found.LastChild[0], 1 } else { $found.Section, 2 }
    $indent = [regex]::Match($Config.Text.Substring(0, $model.Start), '(?<=\A|[\r\n])[ \t]*', 'RightToLeft').Value
    $lead = $lineEnd.Value + $indent * $times
    [pscustomobject]@{ Start = $found.Section.Inner + $lineEnd.Index; Length = 0; Text = $lead + ($Line -join $lead) }
}

function ConvertTo-AttributeText {
    # .SYNOPSIS
    # Escapes a value for an XML attribute in the given quotes.
    param([string]$Value, [string]$Quote)

    $entity = if ($Quote -eq '"') { '&quot;' } else { '&apos;' }
    $Value.Replace('&', '&amp;').Replace('<', '&lt;').Replace($Quote, $entity)
}

function Test-FileContent {
    # .SYNOPSIS
    # Whether a file holds exactly these bytes.
    param([string]$Path, [byte[]]$Byte)

    [string]::Equals([Convert]::ToBase64String([IO.File]::ReadAllBytes($Path)), [Convert]::ToBase64String($Byte))
}

Export-ModuleMember -Function '*'
