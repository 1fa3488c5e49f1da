# lyncowa common module: what all scripts of a bundle share. It is the same file in every bundle of a program version
# and product family (web.config or setting override), so one review serves all of them.
#
# Exit codes: 0 done or nothing to do; 1 a check did not pass; 2 refused, nothing changed; 3 failed on the way.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# ---- step: begins and ends a step, prints its lines, decides its exit code ------------------------------------

# What this run is about. Enter-Step fills it; every function reads it.
$script:Step = @{
    Cmdlet = $null; Folder = ''; Bundle = ''; Order = 0; Stem = ''; Kind = ''; Shell = ''; BackOut = ''; Next = ''
    WhatIf = $false; Confirm = 'High'; Host = ''; Attempted = @(); Changed = @(); Due = @()
    Typed = ''; Evidence = ''; Kept = ''; Protected = $false # -EvidencePath as typed; the folder of the event lines; that of the rest, and whether its access is restricted
    Script = ''; Run = ''; Line = 0; Account = ''; Sid = ''; Digest = ''; Unwritten = ''; Lock = $null # of the event lines; why one could not be written
    Tally = @{ 'FAILED' = 0; 'NOT SEEN' = 0; 'NOT YET' = 0 }
    Late = $false # past a deadline: exit 3 although this run may have attempted nothing
    Code = 2
}

# Begins a step: takes over the script's preferences, checks the seal, refuses a remote session and an unelevated shell.
function Enter-Step {
    [CmdletBinding()] param($Cmdlet, [string]$Folder, [hashtable]$Step, [string]$EvidencePath)
    $script:Step.Cmdlet = $Cmdlet
    $script:Step.Folder = $Folder
    $script:Step.Stem = '{0}-{1}' -f $Step.Order, $Step.Id
    foreach ($key in @('Bundle', 'Order', 'Kind', 'Script', 'Shell', 'BackOut', 'Next')) { $script:Step[$key] = $Step[$key] }
    # A module does not inherit the preferences of the script that calls it.
    $script:Step.WhatIf = [bool]$Cmdlet.GetVariableValue('WhatIfPreference')
    $script:Step.Confirm = $Cmdlet.GetVariableValue('ConfirmPreference')
    # WhatIf above alone decides whether the module writes its own files; the shell's preferences must not reach them.
    $script:WhatIfPreference = $false
    $script:ConfirmPreference = 'None'
    $location = $Cmdlet.SessionState.Path
    if ($location.CurrentLocation.Provider.Name -ne 'FileSystem') { throw 'the current location is not a folder; change to the folder of the bundle first' }
    $script:Step.Typed = $EvidencePath
    if ($EvidencePath -eq '') { $EvidencePath = Join-Path -Path $Folder -ChildPath 'evidence' }
    $script:Step.Evidence = $location.GetUnresolvedProviderPathFromPSPath($EvidencePath)
    $heading = if ($Step.Kind -eq 'back-out') { 'Back-out of step {0}: {1}' } else { '{0} {1}' }
    Write-Line -Status 'STEP' -Text (($heading + ' (bundle {2})') -f $Step.Order, $Step.Title, $Step.Bundle)
    Assert-Seal -Folder $Folder
    Open-EventLine -Step $Step
    Assert-LocalSession
    Assert-Elevation
    Initialize-Evidence -Path $script:Step.Evidence
    Assert-EvidenceOwner
    if (@('check', 'verify') -notcontains $script:Step.Kind) { Assert-Event }
}

# Prints one line of the report, and writes its event first.
function Write-Line {
    [CmdletBinding()] param([string]$Status, [string]$Text)
    # run.ps1 shows what the scripts have written already.
    if ($script:Step.Kind -ne 'run') { Write-Event -Status $Status -Text $Text }
    Write-Output -InputObject ('{0,-13} {1}' -f $Status, $Text)
}

# Makes the result of one check. NOT SEEN is a question for a person, because this computer cannot see the answer;
# NOT YET is a check that can pass later without any repair.
function Get-Result {
    [CmdletBinding()] param([string]$Status, [string]$Subject, [string]$Text)
    New-Object -TypeName PSObject -Property @{ Status = $Status; Text = "${Subject}: $Text" }
}

# Makes the result of a check that passes or fails. -Advice makes a failure a warning.
function Get-Check {
    [CmdletBinding()] param([bool]$Passed, [string]$Subject, [string]$Good, [string]$Bad, [switch]$Advice)
    $status, $text = 'OK', $Good
    if (-not $Passed) { $status, $text = $(if ($Advice) { 'WARNING' } else { 'FAILED' }), $Bad }
    Get-Result -Status $status -Subject $Subject -Text $text
}

# Says what is awaited and how long at most, then sleeps for 15 seconds. It returns a check result: Assert-Check prints it at once.
function Wait-Moment {
    [CmdletBinding()] param([string]$For, [datetime]$Until)
    $left = [Math]::Max(0, [Math]::Ceiling(($Until - (Get-Date)).TotalSeconds))
    Get-Result -Status 'WAITING' -Subject $For -Text "at most $left seconds left"
    Start-Sleep -Seconds 15
}

# Prints check results. A failed one refuses a changing step (exit 2) and is counted by a read-only one (exit 1).
function Assert-Check {
    [CmdletBinding()] param([Parameter(ValueFromPipeline = $true)] $Check)
    begin { $failed = 0 }
    process {
        Write-Line -Status $Check.Status -Text $Check.Text
        if ($script:Step.Tally.ContainsKey($Check.Status)) { $script:Step.Tally[$Check.Status]++ }
        if ($Check.Status -eq 'FAILED') { $failed++ }
    }
    end {
        if ($failed -gt 0 -and @('change', 'back-out') -contains $script:Step.Kind) {
            throw "$failed check(s) did not pass; do what the FAILED lines say and run this script again"
        }
    }
}

# Ends a step that came through: what was done, what comes next.
function Complete-Step {
    [CmdletBinding()] param()
    $tally = $script:Step.Tally
    $script:Step.Code = [int]($tally['FAILED'] + $tally['NOT YET'] -gt 0)
    if ($tally['FAILED'] -gt 0) {
        Write-Line -Status 'FAILED' -Text ('{0} check(s) did not pass; nothing was changed. Do what the FAILED lines say and run this script again.' -f $tally['FAILED'])
    } elseif ($tally['NOT YET'] -gt 0) {
        Write-Line -Status 'NOT YET' -Text ('{0} check(s) cannot pass yet; nothing was changed. Run this script again at the time that the line names.' -f $tally['NOT YET'])
    } elseif (@('check', 'verify') -contains $script:Step.Kind) {
        Write-Line -Status 'DONE' -Text 'every check that this computer can make passed; nothing was changed'
    } elseif ($script:Step.WhatIf) {
        Write-Line -Status 'DONE' -Text 'this was -WhatIf: nothing was changed and no file was written'
    } elseif ($script:Step.Changed.Count -eq 0) {
        Write-Line -Status 'DONE' -Text 'nothing to do'
    } else {
        Write-Line -Status 'DONE' -Text ('{0} change(s)' -f $script:Step.Changed.Count)
    }
    if ($tally['NOT SEEN'] -gt 0) { Write-Line -Status 'GO/NO-GO' -Text ('answer the {0} question(s) of the NOT SEEN lines before you go on' -f $tally['NOT SEEN']) }
    if ($script:Step.Code -eq 0 -and $script:Step.Next -ne '') { Write-Line -Status 'NEXT' -Text $script:Step.Next }
    Close-EventLine
}

# Ends a step that did not come through: exit 2 if nothing was attempted, otherwise exit 3 with what was done and the way back.
function Write-Failure {
    [CmdletBinding()] param($ErrorRecord)
    $text = $ErrorRecord.Exception.Message
    # A sentence of ours needs no line, and the line of an error from the Exchange shell is one of its proxy module.
    $from = $ErrorRecord.InvocationInfo
    if ($ErrorRecord.Exception.GetType().Name -ne 'RuntimeException' -and $null -ne $from -and "$($from.ScriptName)".StartsWith($script:Step.Folder, 'OrdinalIgnoreCase') -and $script:Step.Folder -ne '') {
        $text = '{0} (line {1} of {2})' -f $text, $from.ScriptLineNumber, $from.ScriptName
    }
    if ($script:Step.Attempted.Count -eq 0 -and -not $script:Step.Late) {
        $script:Step.Code = 2
        Write-Line -Status 'REFUSED' -Text $text
        # A guided run can have run other scripts before.
        Write-Line -Status '' -Text $(if ($script:Step.Changed.Count -eq 0) { 'nothing was changed' } else { "done before: $($script:Step.Changed -join '; ')" })
        Close-EventLine
        return
    }
    $script:Step.Code = 3
    Write-Line -Status 'FAILED' -Text $text
    if ($script:Step.Attempted.Count -gt 0) { Write-Line -Status '' -Text ('attempted: {0}' -f (@($script:Step.Attempted) -join '; ')) }
    $done = if ($script:Step.Changed.Count -eq 0) { 'nothing' } else { $script:Step.Changed -join '; ' }
    Write-Line -Status '' -Text "done: $done"
    $back = if ($script:Step.BackOut -ne '') { ', or go back with ' + $script:Step.BackOut } else { '' }
    Write-Line -Status 'NEXT' -Text "remove the cause and run this script again$back"
    Close-EventLine
}

# Returns the exit code of the step.
function Get-StepExitCode {
    [CmdletBinding()] [OutputType([int])] param()
    $script:Step.Code
}

# Returns a property that not every version or shell has; $null where it is missing.
function Get-PropertyValue {
    [CmdletBinding()] param($Subject, [string]$Name)
    $property = $Subject.PSObject.Properties[$Name]
    # A $null of its own: nothing at all would stay nothing in a cast to [string].
    if ($null -eq $property) { $null } else { $property.Value }
}

# Returns the local time of a UTC time such as 2026-05-02T22:00:00Z.
function ConvertFrom-TimeText {
    [CmdletBinding()] [OutputType([datetime])] param([string]$Text)
    [datetime]::ParseExact($Text, "yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture, [Globalization.DateTimeStyles]'AssumeUniversal')
}

# Returns a time as a person reads it, the same in every culture.
function Get-TimeText {
    [CmdletBinding()] [OutputType([string])] param([datetime]$Time)
    $Time.ToString('yyyy-MM-dd HH:mm', [Globalization.CultureInfo]::InvariantCulture)
}

# ---- seal: is this the bundle that was approved? --------------------------------------------------------------

# Returns the SHA-256 of a file in lower-case hex. A trailing Authenticode block of a script does not count.
function Get-SealedHash {
    [CmdletBinding()] [OutputType([string])] param([string]$Path)
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

# Refuses a bundle with an edited, missing or additional file. The script has checked SHA256SUMS and this module before.
function Assert-Seal {
    [CmdletBinding()] param([string]$Folder)
    $wrong = @()
    $sealed = @{}
    foreach ($line in [IO.File]::ReadAllLines((Join-Path -Path $Folder -ChildPath 'SHA256SUMS'))) {
        if ($line -cnotmatch '^([0-9a-f]{64})  ([^\\]+)$') { throw "SHA256SUMS holds a line that is not a sum: '$line'; copy the approved bundle again" }
        $sealed[$Matches[2]] = $Matches[1]
    }
    foreach ($name in @($sealed.Keys | Sort-Object)) {
        $path = Join-Path -Path $Folder -ChildPath $name
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) {
            $wrong += "missing: $name"
        } elseif ((Get-SealedHash -Path $path) -cne $sealed[$name]) {
            $wrong += "edited: $name"
        }
    }
    foreach ($part in @('scripts', 'back-out')) {
        $path = Join-Path -Path $Folder -ChildPath $part
        if (-not (Test-Path -LiteralPath $path -PathType Container)) { continue }
        foreach ($file in @(Get-ChildItem -LiteralPath $path -Recurse -Force | Where-Object { -not $_.PSIsContainer })) {
            $name = $part + $file.FullName.Substring((Get-Item -LiteralPath $path -Force).FullName.Length).Replace('\', '/')
            if (@($sealed.Keys) -cnotcontains $name) { $wrong += "additional: $name" }
        }
    }
    # The usual accident: the approval was filled in, and nothing else differs.
    $pages = @('approval.md', 'approval.html' | Where-Object { $wrong -ccontains "edited: $_" })
    if ($pages.Count -gt 0 -and $pages.Count -eq $wrong.Count) { throw "$($pages -join ', '): written on: copy the approved bundle again; keep filled-in copies in the ticket or in evidence" }
    if ($wrong.Count -gt 0) { throw "this bundle is not the one that was approved ($($wrong -join ', ')); copy the approved bundle again" }
}

# ---- place: which computer, which shell, which rights ---------------------------------------------------------

# Product versions by year, as the products report them.
$script:ExchangeVersion = @{ '2013' = '15.0'; '2016' = '15.1'; '2019' = '15.2' }
$script:LyncVersion = @{ '2013' = '5.0'; '2015' = '6.0'; '2019' = '7.0' }
$script:ExchangeWithoutIm = 1748 # build of Exchange 2019 CU15, the first one without instant messaging in OWA

# Returns the FQDN of this computer in lower case.
function Get-HostName {
    [CmdletBinding()] param()
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters'
    ('{0}.{1}' -f $key.Hostname, $key.Domain).Trim('.').ToLowerInvariant()
}

# Returns the name of a server in Active Directory: the first label of its FQDN.
function Get-ShortName {
    [CmdletBinding()] [OutputType([string])] param([string]$Fqdn)
    $Fqdn.Split('.')[0]
}

# Returns the groups of the person who runs the script: Name, Type, Sid, Attributes.
function Get-Membership {
    [CmdletBinding()] param()
    & 'C:\Windows\System32\whoami.exe' /groups /fo csv /nh | ConvertFrom-Csv -Header 'Name', 'Type', 'Sid', 'Attributes'
}

# Refuses a remote PowerShell session: Enable-CsTopology fails in one (Microsoft's page of that cmdlet), and its local
# files are those of another computer. The Exchange Management Shell imports its cmdlets from a session; that is no such one.
function Assert-LocalSession {
    [CmdletBinding()] param()
    if (Test-Path -LiteralPath 'Variable:\PSSenderInfo') { throw 'this is a remote PowerShell session; log on to the computer itself and run the script in its own shell' }
}

# Refuses a shell that is not elevated (mandatory level high or system).
function Assert-Elevation {
    [CmdletBinding()] param()
    if (@(Get-Membership | Where-Object { @('S-1-16-12288', 'S-1-16-16384') -contains $_.Sid }).Count -eq 0) {
        throw 'this shell is not elevated; start the management shell with "Run as administrator"'
    }
}

# Refuses a shell that lacks one of the cmdlets: the wrong shell, or rights that do not include it.
function Assert-Command {
    [CmdletBinding()] param([string[]]$Name)
    $absent = @($Name | Where-Object { -not (Get-Command -Name $_ -ErrorAction SilentlyContinue) })
    if ($absent.Count -eq 0) { return }
    if ($absent.Count -eq $Name.Count) { throw "this is the wrong shell: it has no $($absent[0]); run the script in the $($script:Step.Shell)" }
    throw "your rights do not include $($absent -join ', '); run the script as a person with the rights that its help names"
}

# Refuses anything but the management shell of that Lync version, run by a person who may change the topology.
function Assert-LyncShell {
    [CmdletBinding()] param([string]$Year, [string[]]$Command = @())
    # What Get-LyncState and the checks of the Lync side read.
    Assert-Command -Name (@('Get-CsServerVersion', 'Get-CsSite', 'Get-CsPool', 'Get-CsComputer', 'Get-CsTrustedApplicationPool', 'Get-CsTrustedApplicationComputer', 'Get-CsTrustedApplication', 'Get-CsManagementStoreReplicationStatus') + $Command)
    # Recorded by Microsoft: "Skype for Business Server 2019 (7.0.2046.0): Volume license key installed."
    $reported = "$(Get-CsServerVersion)"
    if ($reported -notmatch '\((\d+\.\d+)\.') { throw "the Lync version cannot be read from '$reported'" }
    if ($Matches[1] -ne $script:LyncVersion[$Year]) {
        throw "this shell reports '$reported', but the topology says version $Year ($($script:LyncVersion[$Year])); run the script in that deployment's shell, or correct versions.lync and have the new bundle approved"
    }
    if (@(Get-Membership | Where-Object { $_.Name -match '\\RTCUniversalServerAdmins$' -or $_.Sid -match '^S-1-5-21-.*-512$' }).Count -eq 0) {
        throw 'you are neither in RTCUniversalServerAdmins nor a domain administrator, so you cannot change the Lync topology'
    }
}

# Refuses anything but an Exchange Management Shell of that version, on whatever computer. -AnyBuild allows the builds
# that have no instant messaging.
function Assert-ExchangeShell {
    [CmdletBinding()] param([string]$Year, [string[]]$Command = @(), [switch]$AnyBuild)
    Assert-Command -Name (@('Get-ExchangeServer') + $Command)
    # Recorded on real servers: each object of the shell names in PSComputerName the server that answered. It is the
    # name in the address of the session, so a load-balanced name or an alias says nothing.
    $servers = @(Get-ExchangeServer -ErrorAction Stop)
    foreach ($name in @("$(Get-PropertyValue -Subject $servers[0] -Name 'PSComputerName')", $script:Step.Host)) {
        $found = @($servers | Where-Object { $name -eq "$($_.Fqdn)" -or $name -eq "$($_.Name)" })
        if ($found.Count -eq 1) {
            Assert-ExchangeVersion -Server $found[0] -Year $Year -AnyBuild:$AnyBuild
            return
        }
    }
    Write-Line -Status 'WARNING' -Text "this computer is not an Exchange server and cannot tell to which one its shell is connected; make sure that it is an Exchange $Year server"
}

# Refuses anything but the Exchange Management Shell on this Exchange server, with whole objects.
function Assert-ExchangeServer {
    [CmdletBinding()] param([string]$Year, [string[]]$Command = @(), [switch]$AnyBuild)
    Assert-Command -Name (@('Get-ExchangeServer', 'Get-ExchangeCertificate') + $Command)
    $name = $script:Step.Host
    $found = @(Find-ExchangeObject -Find { Get-ExchangeServer -Identity $name -ErrorAction Stop })
    if ($found.Count -ne 1) { throw "$name is not an Exchange server; run the script on the server that its help names" }
    Assert-ExchangeVersion -Server $found[0] -Year $Year -AnyBuild:$AnyBuild
    # A session made by hand does not load the Exchange types; recorded on real servers, a certificate then has RawData
    # and little else.
    foreach ($certificate in @(Get-ExchangeCertificate -Server $name -ErrorAction Stop)) {
        if ($null -eq $certificate.PSObject.Properties['CertificateDomains']) {
            throw "this shell shows Exchange objects without their types, so no certificate can be checked; open the Exchange Management Shell on $name itself and run the script there"
        }
    }
}

# Refuses a server of another version, or of a build that has no instant messaging in OWA.
function Assert-ExchangeVersion {
    [CmdletBinding()] param($Server, [string]$Year, [switch]$AnyBuild)
    $reported = [string]$Server.AdminDisplayVersion
    if (-not $AnyBuild -and $Year -eq '2019' -and $reported -match '^Version 15\.2 \(Build (\d+)\.' -and [int]$Matches[1] -ge $script:ExchangeWithoutIm) {
        throw "$($Server.Name) reports '$reported', Exchange 2019 CU15 or later: Microsoft has ended instant messaging in OWA with it, so there is nothing to integrate; the change disable switches it off"
    }
    if (-not (Test-ExchangeVersion -Reported $reported -Year $Year)) {
        throw "$($Server.Name) reports '$reported', but the topology says Exchange $Year; use the shell of an Exchange $Year server, or correct versions.exchange and have the new bundle approved"
    }
}

# Tells whether a reported version, 'Version 15.0 (Build 1497.2)', is that of a year.
function Test-ExchangeVersion {
    [CmdletBinding()] [OutputType([bool])] param([string]$Reported, [string]$Year)
    $Reported -match '^Version (\d+\.\d+) ' -and $Matches[1] -eq $script:ExchangeVersion[$Year]
}

# Returns events of this computer, newest first; nothing where it has no such log, source or event.
function Find-Event {
    [CmdletBinding()] param([hashtable]$Filter, [int]$First = 10000)
    try {
        Get-WinEvent -FilterHashtable $Filter -MaxEvents $First -ErrorAction Stop
    } catch [UnauthorizedAccessException] {
        throw "the event log '$($Filter.LogName)' may not be read: $($_.Exception.Message)"
    } catch {
        # No such log, no such source and no such event are errors of different kinds that mean the same.
        Write-Verbose -Message $_.Exception.Message
    }
}

# Returns the row of this computer, or of -Fqdn, with what its OWA pool adds. Refuses a computer that the topology does not name.
function Get-DeclaredServer {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Server, [hashtable]$OwaPool, [string]$Fqdn = $script:Step.Host)
    $row = @($Server | Where-Object { $Fqdn -eq $_.Fqdn })
    if ($row.Count -ne 1) {
        $names = @($Server | Select-Object -First 10 | ForEach-Object { $_.Fqdn }) -join ', '
        throw "this is the wrong host: $Fqdn is not among the $($Server.Count) server(s) of this step ($names)"
    }
    $declared = $row[0].Clone()
    foreach ($entry in $OwaPool[$declared.Pool].GetEnumerator()) { $declared[$entry.Key] = $entry.Value }
    $declared
}

# ---- events: what happens, one JSON line an event, on disk before the script goes on ---------------------------
# <EvidencePath>/<host>/events.jsonl holds the lines of every run on this computer, also of other scripts. -WhatIf writes none.

# Begins the event lines of this run. Enter-Step calls it after the seal, so a broken seal leaves no line.
function Open-EventLine {
    [CmdletBinding()] param([hashtable]$Step)
    # /user gives the account's name and SID (Microsoft's page whoami).
    $account = & 'C:\Windows\System32\whoami.exe' /user /fo csv /nh | ConvertFrom-Csv -Header 'Name', 'Sid'
    $script:Step.Account, $script:Step.Sid = [string]$account.Name, [string]$account.Sid
    $script:Step.Host = Get-HostName
    $script:Step.Digest = Get-SealedHash -Path (Join-Path -Path $script:Step.Folder -ChildPath 'SHA256SUMS')
    $script:Step.Run = '{0}-{1:x8}' -f (Get-Date).ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", [Globalization.CultureInfo]::InvariantCulture), (Get-Random)
    Write-Event -Status 'START' -Text $Step.Title
}

# Writes one event line. A line that cannot be written is remembered: Assert-Event refuses a change then, and the end warns.
function Write-Event {
    [CmdletBinding()] param([string]$Status, [string]$Text, $ExitCode = $null)
    if ($script:Step.Run -eq '' -or $script:Step.WhatIf) { return }
    $script:Step.Line++
    # The keys and their order are those that lyncowa evidence reads.
    $line = ConvertTo-Json -Compress -InputObject ([ordered]@{
            run = $script:Step.Run; line = $script:Step.Line
            time = (Get-Date).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
            host = $script:Step.Host; account = $script:Step.Account; digest = $script:Step.Digest; script = $script:Step.Script
            status = $Status; text = $Text; exitCode = $ExitCode
        })
    # A scanner or a backup can hold the file for a moment.
    $attempts = if ($script:Step.Unwritten -eq '') { 3 } else { 1 }
    for ($attempt = 1; $attempt -le $attempts; $attempt++) {
        try {
            Add-EventLine -Path (Get-EventPath) -Line $line
            return
        } catch {
            $reason = $_.Exception.GetBaseException().Message
            if ($attempt -lt $attempts) { Start-Sleep -Seconds 1 }
        }
    }
    $script:Step.Unwritten = $reason
}

# Returns the path of the event lines of this computer.
function Get-EventPath {
    [CmdletBinding()] param()
    Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath 'events.jsonl'
}

# Appends a line to a file and flushes it to the disk. After a line that a crash cut off it begins a new one.
function Add-EventLine {
    [CmdletBinding()] param([string]$Path, [string]$Line)
    [void](New-Item -ItemType Directory -Force -Path (Split-Path -Parent -Path $Path))
    $stream = [IO.File]::Open($Path, 'OpenOrCreate', 'ReadWrite', 'Read')
    try {
        $text = "$Line`r`n"
        if ($stream.Length -gt 0) {
            [void]$stream.Seek(-1, 'End')
            if ($stream.ReadByte() -ne 10) { $text = "`r`n$text" }
        }
        $bytes = [Text.Encoding]::UTF8.GetBytes($text)
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    } finally {
        $stream.Dispose()
    }
}

# Returns the lines of a file that another computer may be writing to; nothing where there is none.
function Read-EventLine {
    [CmdletBinding()] param([string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return }
    $stream = [IO.File]::Open($Path, 'Open', 'Read', 'ReadWrite')
    try {
        $bytes = New-Object -TypeName byte[] -ArgumentList $stream.Length
        $count = $stream.Read($bytes, 0, $bytes.Length)
    } finally {
        $stream.Dispose()
    }
    [Text.Encoding]::UTF8.GetString($bytes, 0, $count) -split '\r?\n'
}

# Refuses to go on to a change where an event line is missing: a change whose evidence cannot be written does not happen.
function Assert-Event {
    [CmdletBinding()] param()
    if ($script:Step.Unwritten -eq '') { return }
    # A guided run can have run other scripts before: exit 3.
    $script:Step.Late = $script:Step.Late -or $script:Step.Changed.Count -gt 0
    throw "the evidence of this run cannot be written to $(Get-EventPath): $($script:Step.Unwritten)"
}

# Ends the event lines of this run. The result stays what it is, even where lines are missing.
function Close-EventLine {
    [CmdletBinding()] param()
    Write-Event -Status 'END' -ExitCode $script:Step.Code
    if ($script:Step.Unwritten -ne '') { Write-Line -Status 'WARNING' -Text "lines of this run are missing in $(Get-EventPath): $($script:Step.Unwritten)" }
}

# ---- evidence: what a way back needs: before-states, follow-up marks, attempts, exports ------------------------
# One folder a computer, on its own disk: NN-id.before.json (never overwritten), NN-id.attempts, *.due (a change needs a
# follow-up) and *.json (when the follow-up was done). -WhatIf writes none of them.

# Returns the path of an evidence file that stays on this computer.
function Get-EvidencePath {
    [CmdletBinding()] param([string]$Name)
    Join-Path -Path (Join-Path -Path $script:Step.Kept -ChildPath $script:Step.Host) -ChildPath $Name
}

# Decides where the evidence is kept: event lines go to -EvidencePath, and the rest with them, or into the bundle where that is a share.
function Initialize-Evidence {
    [CmdletBinding()] param([string]$Path)
    $script:Step.Evidence = $script:Step.Kept = $Path
    if (-not (Test-Share -Path $Path)) { return }
    $script:Step.Kept = Join-Path -Path $script:Step.Folder -ChildPath 'evidence'
    if ((Test-OldBeforeState) -and -not (Test-BeforeState)) {
        $script:Step.Kept = $Path
        Write-Line -Status 'WARNING' -Text "the before-state that an earlier version of lyncowa left on the share is used: $(Get-EvidencePath -Name "$($script:Step.Stem).before.json")"
    } elseif (@('change', 'back-out') -contains $script:Step.Kind -and (Test-Share -Path $script:Step.Kept)) {
        throw "before-states and exports must stay on this computer's own disk, and this bundle is on a share; copy the folder of the bundle to this computer and run it there"
    }
}

# Refuses a folder with the before-states of another change: a back-out would bring back what was there before that one. Versions
# up to 0.2.0 did not write which change they are of.
function Assert-EvidenceOwner {
    [CmdletBinding()] param()
    foreach ($file in @(Get-ChildItem -LiteralPath (Split-Path -Parent -Path (Get-EvidencePath -Name 'x')) -Filter '*.before.json' -ErrorAction SilentlyContinue)) {
        # A file that cannot be read stops the step whose it is.
        $owner = try { "$(Get-PropertyValue -Subject (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($file.FullName))) -Name 'Bundle')" } catch { '' }
        if (@('', $script:Step.Bundle) -notcontains $owner) { throw "$($file.FullName) is the before-state of another change, $owner; give each change an -EvidencePath of its own" }
    }
}

# Tells whether a path leads to another computer: a UNC path, or a drive that stands for one.
function Test-Share {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path)
    if ($Path.Replace('/', '\').StartsWith('\\')) { return $true }
    foreach ($drive in @(Get-PSDrive -PSProvider 'FileSystem')) {
        # DisplayRoot is the UNC path behind a mapped drive.
        if ("$(Get-PropertyValue -Subject $drive -Name 'DisplayRoot')".StartsWith('\\') -and $Path.StartsWith($drive.Root, 'OrdinalIgnoreCase')) { return $true }
    }
    $false
}

# Makes the folder of this computer, once in a run, and lets only SYSTEM, the Administrators and the running account into it.
function Protect-KeptFolder {
    [CmdletBinding()] param()
    if ($script:Step.Protected) { return }
    $folder = Split-Path -Parent -Path (Get-EvidencePath -Name 'x')
    [void](New-Item -ItemType Directory -Force -Path $folder)
    $owners = @(@('S-1-5-18', 'S-1-5-32-544', $script:Step.Sid) | Select-Object -Unique)
    # On a share there is only what version 0.2.0 left there.
    if (-not (Test-Share -Path $folder) -and -not (Test-FolderAccess -Path $folder -Sid $owners)) {
        $grants = @($owners | ForEach-Object { "*${_}:(OI)(CI)F" })
        # /reset takes away the entries of other accounts, /inheritance:r those of the folders above (Microsoft's page icacls).
        [void](& 'C:\Windows\System32\icacls.exe' $folder /reset /T /C /Q)
        [void](& 'C:\Windows\System32\icacls.exe' $folder /inheritance:r /grant:r @grants /Q)
        if (-not (Test-FolderAccess -Path $folder -Sid $owners)) {
            throw "the access to $folder cannot be restricted to SYSTEM, the Administrators and $($script:Step.Account), and what is kept there can hold secrets; use an -EvidencePath on an NTFS disk of this computer"
        }
    }
    $script:Step.Protected = $true
}

# Tells whether the access list of a folder holds these accounts, fully, and nothing else, also nothing inherited.
function Test-FolderAccess {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path, [string[]]$Sid)
    # /save writes the list as SDDL in UTF-16, whatever the language of Windows; its usual output has localised names.
    $file = Join-Path -Path $Path -ChildPath 'access.tmp'
    [void](& 'C:\Windows\System32\icacls.exe' $Path /save $file /Q)
    if ($LASTEXITCODE -ne 0 -or -not (Test-Path -LiteralPath $file)) { return $false }
    $text = [Text.Encoding]::Unicode.GetString([IO.File]::ReadAllBytes($file))
    Remove-Item -LiteralPath $file
    if ($text -notmatch 'D:([A-Z]*)((?:\([^)]*\))+)' -or -not $Matches[1].Contains('P')) { return $false }
    # SY, BA and LA are how SDDL writes SYSTEM, the Administrators and the account with the number 500.
    $short = @{ 'S-1-5-18' = 'SY'; 'S-1-5-32-544' = 'BA' }
    $wanted = @($Sid | ForEach-Object { if ($short.ContainsKey($_)) { $short[$_] } elseif ($_ -like '*-500') { 'LA' } else { $_ } })
    $found = @([regex]::Matches($Matches[2], '\(([^)]*)\)') | ForEach-Object { $_.Groups[1].Value })
    @($found | Where-Object { $_ -notmatch '^A;OICI;FA;;;(.+)$' -or @($wanted + $Sid) -notcontains $Matches[1] }).Count -eq 0 -and $found.Count -eq $wanted.Count
}

# Writes an evidence file whole or not at all: to a temporary file first, then renamed.
function Save-Evidence {
    [CmdletBinding()] param([string]$Name, [byte[]]$Byte)
    if ($script:Step.WhatIf) { return }
    $path = Get-EvidencePath -Name $Name
    Protect-KeptFolder
    [IO.File]::WriteAllBytes("$path.tmp", $Byte)
    if ([IO.File]::Exists($path)) { [IO.File]::Replace("$path.tmp", $path, [NullString]::Value) } else { [IO.File]::Move("$path.tmp", $path) }
}

# Returns an object as the bytes of a JSON text.
function Get-JsonByte {
    [CmdletBinding()] [OutputType([byte[]])] param($Value)
    [Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Value -Depth 8))
}

# Tells whether this change has captured the state before a step on this computer.
function Test-BeforeState {
    [CmdletBinding()] param([string]$Stem = $script:Step.Stem)
    Test-Path -LiteralPath (Get-EvidencePath -Name "$Stem.before.json") -PathType Leaf
}

# Tells whether the state before a step is on the share: versions up to 0.2.0 kept everything in -EvidencePath.
function Test-OldBeforeState {
    [CmdletBinding()] param([string]$Stem = $script:Step.Stem)
    Test-Path -LiteralPath (Join-Path -Path (Join-Path -Path $script:Step.Evidence -ChildPath $script:Step.Host) -ChildPath "$Stem.before.json") -PathType Leaf
}

# Captures what each object was (name -> state) before its first change. A later run adds objects and overwrites none.
function Save-BeforeState {
    [CmdletBinding()] param([hashtable]$State)
    if ($script:Step.WhatIf) { return }
    $name = "$($script:Step.Stem).before.json"
    $kept = @{}
    if (Test-BeforeState) { $kept = Read-BeforeState }
    # By enumerator: an object may be called Keys or Count.
    $added = @($State.GetEnumerator() | Where-Object { -not $kept.ContainsKey($_.Key) })
    foreach ($entry in $added) {
        $kept[$entry.Key] = $entry.Value
        Write-Event -Status 'BEFORE' -Text "$($entry.Key): $(ConvertTo-Json -InputObject $entry.Value -Depth 8 -Compress)"
    }
    Assert-Event
    if ($added.Count -gt 0) { Save-Evidence -Name $name -Byte (Get-JsonByte -Value @{ FormatVersion = 1; Bundle = $script:Step.Bundle; Host = $script:Step.Host; Step = $script:Step.Stem; State = $kept }) }
    $earlier = @($kept.GetEnumerator()).Count - $added.Count
    Write-Line -Status 'OK' -Text "before-state: $($added.Count) captured now, $earlier kept from an earlier run, in $(Get-EvidencePath -Name $name)"
}

# Returns the captured state (name -> state). Refuses where there is none, because then nothing says what was there before.
function Read-BeforeState {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $path = Get-EvidencePath -Name "$($script:Step.Stem).before.json"
    if (-not (Test-BeforeState)) {
        throw "there is no before-state of step $($script:Step.Order) on $($script:Step.Host) ($path); use the computer and the -EvidencePath of the step. If they are lost, the change record has the way back by hand"
    }
    $state = @{}
    foreach ($property in (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).State.PSObject.Properties) { $state[$property.Name] = $property.Value }
    $state
}

# Marks a follow-up as due, before the change that makes it due.
function Add-Mark {
    [CmdletBinding()] param([string]$Name)
    $script:Step.Due += $Name
    Save-Evidence -Name "$Name.due" -Byte (Get-JsonByte -Value @{ Mark = $Name; Step = $script:Step.Stem })
}

# Tells whether a follow-up is due.
function Test-Mark {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name)
    $script:Step.Due -contains $Name -or (Test-Path -LiteralPath (Get-EvidencePath -Name "$Name.due") -PathType Leaf)
}

# Clears the mark of a follow-up.
function Clear-Mark {
    [CmdletBinding()] param([string]$Name)
    $script:Step.Due = @($script:Step.Due | Where-Object { $_ -ne $Name })
    $path = Get-EvidencePath -Name "$Name.due"
    if (-not $script:Step.WhatIf -and (Test-Path -LiteralPath $path)) { Remove-Item -LiteralPath $path }
}

# Notes, before a change, what is about to be changed: a back-out takes back only what this change attempted.
function Add-Attempt {
    [CmdletBinding()] param([string]$Target)
    # A back-out keeps its own list: its attempts do not prove what the step did.
    $list = if ($script:Step.Kind -eq 'back-out') { 'back-out-attempts' } else { 'attempts' }
    Protect-KeptFolder
    [IO.File]::AppendAllText((Get-EvidencePath -Name "$($script:Step.Stem).$list"), "$Target`r`n")
    $script:Step.Attempted += $Target
}

# Tells whether the step ever attempted that target on this computer; without -Target, anything at all.
function Test-Attempt {
    [CmdletBinding()] [OutputType([bool])] param([string]$Target = '')
    $path = Get-EvidencePath -Name "$($script:Step.Stem).attempts"
    (Test-Path -LiteralPath $path -PathType Leaf) -and ($Target -eq '' -or @([IO.File]::ReadAllLines($path)) -contains $Target)
}

# Archives the evidence of a step that was backed out, the before-state last: an interrupted back-out can be run again.
function Move-EvidenceToArchive {
    [CmdletBinding()] param()
    if ($script:Step.WhatIf) { return }
    $number = 1
    while (Test-Path -LiteralPath (Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)")) { $number++ }
    $archive = Get-EvidencePath -Name "archive-$number-$($script:Step.Stem)"
    [void](New-Item -ItemType Directory -Force -Path $archive)
    $files = @(Get-ChildItem -LiteralPath (Split-Path -Parent -Path $archive) -Filter "$($script:Step.Stem).*" | Where-Object { -not $_.PSIsContainer -and $_.Name -notlike '*.log' })
    foreach ($file in @($files | Sort-Object -Property { $_.Name -like '*.before.json' })) { Move-Item -LiteralPath $file.FullName -Destination $archive }
    Write-Line -Status 'OK' -Text "evidence archived: $archive"
}

# ---- change: the one door through which anything is changed ---------------------------------------------------

# Asks -WhatIf and -Confirm of the calling script whether a change may be made; if so, notes the follow-up and the attempt.
function Confirm-Change {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'The preferences that count are those of the calling script, so its cmdlet is asked.')]
    [CmdletBinding()] [OutputType([bool])] param([string]$Target, [string]$Action, [string[]]$Mark = @())
    # ShouldProcess takes a preference of the shell from the scope that calls it, and this module has its own.
    $WhatIfPreference = $script:Step.WhatIf
    $ConfirmPreference = $script:Step.Confirm
    $may = $script:Step.Cmdlet.ShouldProcess($Target, $Action) -and -not $script:Step.WhatIf
    if (-not $may -and -not $script:Step.WhatIf) { throw "${Target}: declined at the prompt" }
    if ($may) {
        Write-Event -Status 'ATTEMPT' -Text $Target
        Assert-Event
    }
    # Marked before the change: a crash right after it must not lose the follow-up.
    foreach ($name in $Mark) { Add-Mark -Name $name }
    if ($may) { Add-Attempt -Target $Target }
    $may
}

# Changes something where -Test says that it differs, asks ShouldProcess before and reads back after. -Mark names the
# follow-ups that this change makes due.
function Invoke-Change {
    [CmdletBinding()] param([string]$Target, [string]$Action, [scriptblock]$Test, [scriptblock]$Change, [string[]]$Mark = @())
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

# Does what an earlier change made due, once. Clears the mark afterwards and notes when it was done.
function Invoke-FollowUp {
    [CmdletBinding()] param([string]$Mark, [string]$Target, [string]$Action, [scriptblock]$Change)
    if (-not (Test-Mark -Name $Mark)) {
        Write-Line -Status 'OK' -Text "${Target}: nothing to do ($Action)"
        return
    }
    if (-not (Confirm-Change -Target $Target -Action $Action)) {
        Write-Line -Status 'WOULD CHANGE' -Text "${Target}: $Action"
        return
    }
    $begin = (Get-Date).ToUniversalTime()
    [void](& $Change)
    Save-Evidence -Name "$Mark.json" -Byte (Get-JsonByte -Value @{ DoneAt = $begin.ToString('s') + 'Z' })
    Clear-Mark -Name $Mark
    $script:Step.Changed += $Target
    Write-Line -Status 'CHANGED' -Text "${Target}: $Action"
}

# Returns when this change last did a follow-up on this computer; $null when it never did.
function Get-FollowUpTime {
    [CmdletBinding()] [OutputType([datetime])] param([string]$Mark)
    $path = Get-EvidencePath -Name "$Mark.json"
    if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $null }
    # ConvertFrom-Json makes a date of it in some versions and leaves the text in others.
    $value = (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($path))).DoneAt
    if ($value -is [datetime]) { return $value.ToLocalTime() }
    ConvertFrom-TimeText -Text ([string]$value)
}

# ---- lync: what can be seen of the Lync topology --------------------------------------------------------------

# Reads the Lync topology once: sites, pools, trusted application pools with all that is in them, and the pools of each computer.
function Get-LyncState {
    [CmdletBinding()] [OutputType([hashtable])] param()
    # Names in lower case, as lyncowa writes them: a Turkish shell takes I and i for different letters.
    $state = @{ Site = @(Get-CsSite -ErrorAction Stop); Pool = @{}; Trusted = @{}; Home = @{} }
    foreach ($pool in @(Get-CsPool -ErrorAction Stop)) { $state.Pool["$($pool.Fqdn)".ToLowerInvariant()] = $pool }
    foreach ($computer in @(Get-CsComputer -ErrorAction Stop)) { $state.Home["$($computer.Fqdn)".ToLowerInvariant()] += @("$($computer.Pool)".ToLowerInvariant()) }
    # Read back, a pool's Identity is TrustedApplicationPool:<fqdn>, PoolFqdn is its name, and SiteId is the identity of its site
    # (Microsoft's page New-CsTrustedApplicationPool).
    foreach ($pool in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) {
        $state.Trusted["$($pool.PoolFqdn)".ToLowerInvariant()] = @{
            Exists = $true; Registrar = (Get-BareName -Identity $pool.Registrar); Site = [string]$pool.SiteId; SiteId = (Get-SiteId -State $state -Identity $pool.SiteId)
            RequiresReplication = [bool]$pool.RequiresReplication; ThrottleAsServer = [bool]$pool.ThrottleAsServer
            TreatAsAuthenticated = [bool]$pool.TreatAsAuthenticated; OutboundOnly = [bool]$pool.OutboundOnly; Computers = @(); Applications = @()
            Ports = (Get-PoolPort -Pool $pool); Unrestorable = @(if ("$(Get-PropertyValue -Subject $pool -Name 'FileStore')" -ne '') { "the file store $($pool.FileStore)" })
        }
    }
    foreach ($computer in @(Get-CsTrustedApplicationComputer -ErrorAction Stop)) {
        (Get-TrustedPool -State $state -Fqdn "$($computer.Pool)").Computers += "$($computer.Fqdn)".ToLowerInvariant()
    }
    foreach ($application in @(Get-CsTrustedApplication -ErrorAction Stop)) {
        (Get-TrustedPool -State $state -Fqdn "$($application.TrustedApplicationPoolFqdn)").Applications += @{
            Id = (Get-BareName -Identity $application.ApplicationId); Port = [int]$application.Port; Identity = [string]$application.Identity
            Protocol = "$(Get-PropertyValue -Subject $application -Name 'Protocol')"; LegacyName = "$(Get-PropertyValue -Subject $application -Name 'LegacyApplicationName')"
        }
    }
    $state
}

# Returns the name in an identity such as Registrar:<fqdn>, site:<name> or urn:application:<id>, whose letter case Lync may change.
function Get-BareName {
    [CmdletBinding()] param([string]$Identity)
    $Identity -replace '^.*:', ''
}

# Returns the media ports of a pool that are set: parameter of New-CsTrustedApplicationPool -> value.
function Get-PoolPort {
    [CmdletBinding()] [OutputType([hashtable])] param($Pool)
    $ports = @{}
    foreach ($name in @('AppSharingPortStart', 'AppSharingPortCount', 'AudioPortStart', 'AudioPortCount', 'VideoPortStart', 'VideoPortCount')) {
        $value = Get-PropertyValue -Subject $Pool -Name $name
        if ("$value" -ne '' -and [int]$value -gt 0) { $ports[$name] = [int]$value }
    }
    $ports
}

# Returns the media ports of a captured pool as Name and Value; none in evidence of lyncowa 0.1.0.
function Get-CapturedPort {
    [CmdletBinding()] param($Captured)
    $ports = Get-PropertyValue -Subject $Captured -Name 'Ports'
    if ($null -ne $ports) { $ports.PSObject.Properties | Where-Object { $_.MemberType -eq 'NoteProperty' } }
}

# Returns the SiteId of the site with that identity, or an empty string. A trusted application pool shows the identity
# (Site:Redmond1), and New-CsTrustedApplicationPool wants the SiteId (1).
function Get-SiteId {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$State, [string]$Identity)
    $name = Get-BareName -Identity $Identity
    foreach ($site in $State.Site) { if ($name -eq (Get-BareName -Identity $site.Identity)) { return [string]$site.SiteId } }
    ''
}

# Returns what the topology holds of a trusted application pool; Exists = $false where it has none of that name.
function Get-TrustedPool {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$State, [string]$Fqdn)
    $name = $Fqdn.ToLowerInvariant()
    if ($State.Trusted.ContainsKey($name)) { $State.Trusted[$name] } else { @{ Exists = $false; Computers = @(); Applications = @() } }
}

# Tells whether the topology holds a trusted application pool now, or a computer or an application of it.
function Test-Trusted {
    [CmdletBinding()] [OutputType([bool])] param([string]$Pool, [string]$Computer = '', [string]$Id = '')
    $names = if ($Computer -ne '') {
        foreach ($one in @(Get-CsTrustedApplicationComputer -ErrorAction Stop)) { '{0} {1}' -f $one.Pool, $one.Fqdn }
    } elseif ($Id -ne '') {
        foreach ($one in @(Get-CsTrustedApplication -ErrorAction Stop)) { '{0} {1}' -f $one.TrustedApplicationPoolFqdn, (Get-BareName -Identity $one.ApplicationId) }
    } else {
        foreach ($one in @(Get-CsTrustedApplicationPool -ErrorAction Stop)) { "$($one.PoolFqdn) " }
    }
    @($names) -contains "$Pool $Computer$Id"
}

# Returns the computers of a planned pool; a pool that is made without any is its own one computer.
function Get-PlannedComputer {
    [CmdletBinding()] param([hashtable]$Pool)
    if ($Pool.Computers.Count -eq 0) { $Pool.Fqdn } else { $Pool.Computers }
}

# Returns the other pools of a computer.
function Get-OtherPool {
    [CmdletBinding()] param([hashtable]$State, [string]$Computer, [string]$Pool)
    foreach ($one in @(if ($State.Home.ContainsKey($Computer)) { $State.Home[$Computer] })) { if ($one -ne $Pool) { $one } }
}

# Tells whether a pool has a service; Get-CsPool lists them as <service>:<fqdn>.
function Test-PoolService {
    [CmdletBinding()] [OutputType([bool])] param([hashtable]$State, [string]$Pool, [string]$Service)
    $services = @(if ($State.Pool.ContainsKey($Pool)) { $State.Pool[$Pool].Services | ForEach-Object { "$_".Split(':')[0] } })
    $services -contains $Service
}

# Checks that the SiteId of the topology is one, and names the one that was meant.
function Test-Site {
    [CmdletBinding()] param([hashtable]$State, [string]$SiteId)
    $name = Get-BareName -Identity $SiteId
    $exact = @($State.Site | Where-Object { $SiteId -eq $_.SiteId })
    $meant = @($State.Site | Where-Object { $SiteId -eq $_.DisplayName -or $name -eq (Get-BareName -Identity $_.Identity) })
    $bad = "there is no site with this SiteId; correct siteId in the topology. The SiteIds are: $(@($State.Site | ForEach-Object { '{0} ({1})' -f $_.SiteId, $_.DisplayName }) -join ', ')"
    if ($meant.Count -eq 1) { $bad = "is the display name or the identity of a site, not its SiteId; write siteId: $($meant[0].SiteId) in the topology and have the new bundle approved" }
    Get-Check -Passed ($exact.Count -eq 1) -Subject "site $SiteId" -Good "is the SiteId of $(@($exact | ForEach-Object { $_.DisplayName }) -join ', ')" -Bad $bad
}

# Checks that each registrar is a Lync pool with a Registrar service, then the replication. -Advice makes late replicas a warning.
function Test-Registrar {
    [CmdletBinding()] param([hashtable]$State, [string[]]$Registrar, [switch]$Advice)
    $pools = @()
    foreach ($fqdn in $Registrar) {
        $is = Test-PoolService -State $State -Pool $fqdn -Service 'Registrar'
        if ($is) { $pools += $fqdn }
        Get-Check -Passed $is -Subject "registrar $fqdn" -Good 'is a Lync pool with a Registrar service' -Bad 'is not a Lync pool with a Registrar service; see Get-CsPool and correct registrar in the topology'
    }
    if ($pools.Count -gt 0) { Test-Replication -State $State -Registrar $pools -DeadlineSeconds 300 -Advice:$Advice }
}

# Returns the computers whose replica is not up to date. The change needs each registrar pool and the Central Management Store,
# and a pool works while one of its computers is up to date: Blocking are the computers of a needed pool that has none, Near the
# late ones of the other needed pools, Far the rest of the deployment. Trusted application computers have no replica.
function Get-LateReplica {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$State, [string[]]$Registrar)
    $current = @{}
    foreach ($replica in @(Get-CsManagementStoreReplicationStatus -ErrorAction Stop)) { $current["$($replica.ReplicaFqdn)".ToLowerInvariant()] = [bool]$replica.UpToDate }
    # Two paired pools can both hold the Central Management Store; one of them serves.
    $needed = @{ 'Central Management Store' = @($State.Pool.Keys | Where-Object { Test-PoolService -State $State -Pool $_ -Service 'CentralManagement' }) }
    foreach ($fqdn in $Registrar) { $needed[$fqdn] = @($fqdn) }
    $late = @{ Blocking = @(); Near = @(); Far = @() }
    $known = @($State.Trusted.Values | ForEach-Object { $_.Computers })
    foreach ($name in @($needed.Keys | Sort-Object)) {
        $computers = @($needed[$name] | ForEach-Object { $State.Pool[$_].Computers } | ForEach-Object { "$_".ToLowerInvariant() })
        $behind = @($computers | Where-Object { -not ($current.ContainsKey($_) -and $current[$_]) })
        $late[$(if ($behind.Count -eq $computers.Count) { 'Blocking' } else { 'Near' })] += $behind
        $known += $computers
    }
    $late.Blocking = @($late.Blocking | Select-Object -Unique)
    $late.Near = @($late.Near | Where-Object { $late.Blocking -notcontains $_ } | Select-Object -Unique)
    $late.Far = @($current.Keys | Where-Object { -not $current[$_] -and $known -notcontains $_ } | Sort-Object)
    $late
}

# Checks the replicas. It waits for them first, because they are busy after every change of the topology, also after an earlier
# step of this change: until the deadline for the blocking ones, two minutes for the near ones.
function Test-Replication {
    [CmdletBinding()] param([hashtable]$State, [string[]]$Registrar, [int]$DeadlineSeconds, [switch]$Advice)
    $begin = Get-Date
    while ($true) {
        $late = Get-LateReplica -State $State -Registrar $Registrar
        $seconds = if ($late.Blocking.Count -gt 0) { $DeadlineSeconds } elseif ($late.Near.Count -gt 0) { 120 } else { 0 }
        if ((Get-Date) -ge $begin.AddSeconds($seconds)) { break }
        Wait-Moment -For "replication to $((@($late.Blocking) + @($late.Near)) -join ', ')" -Until $begin.AddSeconds($seconds)
    }
    Get-Check -Passed ($late.Blocking.Count -eq 0) -Advice:$Advice -Subject "replication to $($Registrar -join ', ')" -Good 'up to date' -Bad "after $DeadlineSeconds seconds the replicas are not up to date on $($late.Blocking -join ', '), and this change needs them; see Get-CsManagementStoreReplicationStatus and repair that"
    $others = @($late.Near) + @($late.Far)
    if ($others.Count -gt 0) { Get-Result -Status 'WARNING' -Subject 'replication' -Text "not up to date on $($others -join ', '); this change goes on without, and these computers take it over when they replicate again (see Get-CsManagementStoreReplicationStatus)" }
}

# Refuses to enable the topology where the step that changes it (-Made) has left no record, so that nothing says what waits. Under
# -WhatIf that step may not have run yet, so the enabling counts as due.
function Assert-TopologyChange {
    [CmdletBinding()] param([int]$Made = 40, [switch]$Anyway)
    if ($Anyway -or (Test-BeforeState -Stem "$Made-trusted-application")) { return }
    if (-not $script:Step.WhatIf) { throw "step $Made has left no record here. If another computer ran it, run this script there; otherwise run step $Made here first, with the same -EvidencePath. To enable the topology without, use -EnableAnyway" }
    Add-Mark -Name 'enable-topology'
}

# Returns the path of the next report of Enable-CsTopology among the evidence. Each run writes a new file.
function Get-ReportPath {
    [CmdletBinding()] param()
    $number = 1
    while (Test-Path -LiteralPath (Get-EvidencePath -Name "$($script:Step.Stem).report-$number.html")) { $number++ }
    Get-EvidencePath -Name "$($script:Step.Stem).report-$number.html"
}

# Publishes the topology if this change has made that due, or with -Anyway, then waits for replication. Past the deadline the step
# ends with exit 3. Enable-CsTopology publishes whatever anybody has waiting (Microsoft's page), so without need it stays undone.
function Invoke-TopologyEnabling {
    [CmdletBinding()] param([hashtable]$State, [string[]]$Registrar, [scriptblock]$Change, [switch]$Anyway)
    if ($Anyway) { Add-Mark -Name 'enable-topology' }
    if (Test-Mark -Name 'enable-topology') {
        Write-Line -Status 'WARNING' -Text 'Enable-CsTopology publishes every topology change that anybody has waiting, not only this one'
        $report = Get-ReportPath
        Invoke-FollowUp -Mark 'enable-topology' -Target 'Lync topology' -Action 'enable' -Change $Change
        if (Test-Path -LiteralPath $report) { Write-Line -Status 'OK' -Text "the report of Enable-CsTopology is kept: $report" }
    } else {
        Write-Line -Status 'OK' -Text 'Lync topology: nothing of this change waits to be enabled, so it is not enabled; to publish what other people have waiting, run this script with -EnableAnyway'
        # Whether the topology was ever enabled after what is there was made, nobody can read.
        if ($script:Step.Kind -eq 'change' -and $null -eq (Get-FollowUpTime -Mark 'enable-topology')) { Get-Result -Status 'NOT SEEN' -Subject 'Lync topology' -Text 'go/no-go: this computer has changed nothing and enabled nothing. If another computer made what is there, was the topology enabled after that? If not, run this script there, or here with -EnableAnyway' | Assert-Check }
    }
    if ($script:Step.WhatIf) { return }
    # Right after enabling, the old status is still reported.
    if ($script:Step.Changed.Count -gt 0) { Start-Sleep -Seconds 10 }
    Test-Replication -State $State -Registrar $Registrar -DeadlineSeconds 900 | ForEach-Object {
        if ($_.Status -eq 'FAILED') {
            $script:Step.Late = $true
            throw "$($_.Text), then run this script again: it goes on waiting"
        }
        Write-Line -Status $_.Status -Text $_.Text
    }
}

# Checks that a planned trusted application pool can be created, or exists as planned or half-finished.
function Test-PlannedPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    Test-Site -State $State -SiteId $Pool.Site
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    if ($existing.Exists) {
        Test-ExistingPool -Existing $existing -Pool $Pool
    } else {
        # Microsoft's page New-CsTrustedApplicationPool: for the FQDN of an existing pool the cmdlet adds a service to that pool.
        Get-Check -Passed (-not $State.Pool.ContainsKey($Pool.Fqdn)) -Subject "trusted application pool $($Pool.Fqdn)" -Good 'the name is free' -Bad 'this FQDN is a Lync pool with other services, and New-CsTrustedApplicationPool would add a service to it; choose the OWA FQDN'
    }
    $new = @(Get-PlannedComputer -Pool $Pool | Where-Object { $existing.Computers -notcontains $_ })
    foreach ($computer in $new) {
        $others = @(Get-OtherPool -State $State -Computer $computer -Pool $Pool.Fqdn)
        Get-Check -Passed ($others.Count -eq 0) -Subject "computer $computer" -Good 'is in no other pool' -Bad "is already in the pool $($others -join ', '); a computer belongs to one pool"
    }
    if ($new.Count -gt 0) { Test-Discovery -Name $new }
}

# Checks an existing trusted application pool: registrar, site, room for its computers, no foreign application, the port.
function Test-ExistingPool {
    [CmdletBinding()] param([hashtable]$Existing, [hashtable]$Pool)
    $subject = "trusted application pool $($Pool.Fqdn)"
    Get-Check -Passed ($Existing.Registrar -eq $Pool.Registrar) -Subject $subject -Good "has the registrar $($Existing.Registrar)" -Bad "has the registrar '$($Existing.Registrar)', not $($Pool.Registrar); a pool cannot be moved: remove it in a change of its own, or correct registrar"
    Get-Check -Passed ($Existing.SiteId -eq $Pool.Site) -Subject $subject -Good "is in the site with SiteId $($Existing.SiteId)" -Bad "is in the site with SiteId '$($Existing.SiteId)' ($($Existing.Site)), not $($Pool.Site); a pool cannot be moved: remove it in a change of its own, or correct siteId"
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $Existing.Computers -notcontains $_ })
    if ($Pool.Computers.Count -eq 0) {
        Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good 'is its own one computer' -Bad "was made with -ComputerFqdn ($($Existing.Computers -join ', ')), so it can never be its own computer; name its computers in trustedComputers, or remove the pool in a change of its own"
    } else {
        $closed = $absent.Count -gt 0 -and $Existing.Computers -contains $Pool.Fqdn
        Get-Check -Passed (-not $closed) -Subject $subject -Good 'has room for its computers' -Bad "was made without -ComputerFqdn, so it is its own one computer and no other can be added ($($absent -join ', ')); remove the pool in a change of its own, or write trustedComputers: []"
    }
    # The port of a trusted application is unique within its pool; OWA itself listens on another (Microsoft's page New-CsTrustedApplication).
    $foreign = @($Existing.Applications | Where-Object { $_.Id -ne $Pool.ApplicationId } | ForEach-Object { "$($_.Id) with the port $($_.Port)" })
    Get-Check -Passed ($foreign.Count -eq 0) -Subject $subject -Good 'holds no foreign application' -Bad "holds an application that is not this change's: $($foreign -join ', '); find its owner first"
    foreach ($own in @($Existing.Applications | Where-Object { $_.Id -eq $Pool.ApplicationId })) {
        Get-Check -Passed ($own.Port -eq $Pool.Port) -Subject "trusted application $($own.Id)" -Good "has the port $($Pool.Port)" -Bad "exists with the port $($own.Port), not $($Pool.Port); correct port, or remove the application in a change of its own"
    }
}

# Checks that a pool that gets more computers is there as the earlier topology says. Before are its computers; none for a new pool.
function Test-GrowingPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    if ($Pool.Before.Count -eq 0) { return }
    $subject = "trusted application pool $($Pool.Fqdn)"
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    $absent = @($Pool.Before | Where-Object { $existing.Computers -notcontains $_ })
    $own = @($existing.Applications | Where-Object { $_.Id -eq $Pool.ApplicationId -and $_.Port -eq $Pool.Port })
    $bad = 'it is not as the earlier topology says, so there is nothing to add to; run the change integrate instead'
    Get-Check -Passed $existing.Exists -Subject $subject -Good 'is there' -Bad "does not exist: $bad"
    if (-not $existing.Exists) { return }
    Get-Check -Passed ($absent.Count -eq 0) -Subject $subject -Good "has its earlier computers ($($Pool.Before -join ', '))" -Bad "lacks its earlier computers $($absent -join ', '): $bad"
    Get-Check -Passed ($own.Count -eq 1) -Subject $subject -Good "has the application $($Pool.ApplicationId) with the port $($Pool.Port)" -Bad "lacks the application $($Pool.ApplicationId) with the port $($Pool.Port): $bad"
}

# Checks that a planned pool is there with its computers and its application. -Advice makes failures warnings.
function Test-FinishedPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool, [switch]$Advice)
    $subject = "trusted application pool $($Pool.Fqdn)"
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    Get-Check -Passed $existing.Exists -Advice:$Advice -Subject $subject -Good 'exists' -Bad 'does not exist; run step 40'
    if (-not $existing.Exists) { return }
    $absent = @(Get-PlannedComputer -Pool $Pool | Where-Object { $existing.Computers -notcontains $_ })
    Get-Check -Passed ($absent.Count -eq 0) -Advice:$Advice -Subject $subject -Good 'has its computers' -Bad "lacks $($absent -join ', '); run step 40 again"
    $own = @($existing.Applications | Where-Object { $_.Id -eq $Pool.ApplicationId -and $_.Port -eq $Pool.Port })
    Get-Check -Passed ($own.Count -eq 1) -Advice:$Advice -Subject $subject -Good "has the application $($Pool.ApplicationId) with the port $($Pool.Port)" -Bad "lacks the application $($Pool.ApplicationId) with the port $($Pool.Port); run step 40 again"
}

# Checks that nothing was entered by hand for servers that Lync discovers. -Advice makes failures warnings.
function Test-DiscoveredPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool, [switch]$Advice)
    $manual = @($State.Trusted.Keys) + @($State.Trusted.Values | ForEach-Object { $_.Computers })
    foreach ($name in @(@($Pool.Fqdn) + $Pool.Servers | Select-Object -Unique)) {
        Get-Check -Passed ($manual -notcontains $name) -Advice:$Advice -Subject "colocated server $name" -Good 'has no trusted application pool or computer' -Bad 'has a trusted application pool or computer beside its discovered entry, and a double entry stops OWA integration; remove the manual one in a change of its own (remove-duplicate)'
    }
}

# Checks that a manual entry for discovered servers can go, and can come back.
function Test-DuplicatePool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    foreach ($server in $Pool.Servers) {
        $others = @($State.Trusted.GetEnumerator() | Where-Object { $_.Key -ne $Pool.Fqdn -and $_.Value.Computers -contains $server } | ForEach-Object { $_.Key })
        Get-Check -Passed ($others.Count -eq 0) -Subject "server $server" -Good 'has no manual entry in another trusted application pool' -Bad "has a manual entry in $($others -join ', ') too, which this change does not remove; describe that pool as an OWA pool of its own"
    }
    Test-RemovablePool -State $State -Pool $Pool
    if ((Get-TrustedPool -State $State -Fqdn $Pool.Fqdn).Exists) { Test-Discovery -Name $Pool.Servers -Wanted }
}

# Checks that a trusted application pool can go, and can come back.
function Test-RemovablePool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool)
    $subject = "trusted application pool $($Pool.Fqdn)"
    $existing = Get-TrustedPool -State $State -Fqdn $Pool.Fqdn
    if (-not $existing.Exists) {
        Get-Result -Status 'OK' -Subject $subject -Text 'does not exist: there is nothing to remove'
        return
    }
    # Microsoft's page New-CsTrustedApplicationPool: a pool without a registrar cannot be removed.
    Get-Check -Passed ($existing.Registrar -ne '') -Subject $subject -Good 'has a registrar' -Bad 'has no registrar, and Lync cannot remove a pool without one; give it one first (Set-CsTrustedApplicationPool)'
    Get-Check -Passed ($existing.SiteId -ne '') -Subject $subject -Good "is in the site with SiteId $($existing.SiteId)" -Bad "is in the site '$($existing.Site)', which Get-CsSite does not list: the pool could not be created again; find out why first"
    # New-CsTrustedApplicationPool and New-CsTrustedApplication do not bring back everything (Microsoft's pages of both). OWA uses none of it.
    $lost = @($existing.Unrestorable) + @(foreach ($one in $existing.Applications) {
            if (@('', 'Mtls') -notcontains $one.Protocol) { "the protocol $($one.Protocol) of $($one.Id)" }
            if (@('', $one.Id) -notcontains (Get-BareName -Identity $one.LegacyName)) { "the legacy name $($one.LegacyName) of $($one.Id)" }
        })
    Get-Check -Passed ($lost.Count -eq 0) -Subject $subject -Good 'could be created again as it is' -Bad "could not be created again as it is: $($lost -join ', ') would be lost. Integration never sets that; find its owner first"
    Test-PoolRemoval -State $State -Fqdn $Pool.Fqdn -Application $Pool.ApplicationId -Computer (@($Pool.Fqdn) + $Pool.Servers) -Whole
}

# Checks that a trusted application pool is gone. -Advice makes a failure a warning.
function Test-RemovedPool {
    [CmdletBinding()] param([hashtable]$State, [hashtable]$Pool, [switch]$Advice)
    Get-Check -Passed (-not (Get-TrustedPool -State $State -Fqdn $Pool.Fqdn).Exists) -Advice:$Advice -Subject "trusted application pool $($Pool.Fqdn)" -Good 'is removed' -Bad 'still exists; run the step that removes it again'
}

# Returns the SiteId in a captured pool. Evidence of lyncowa 0.1.0 holds the identity of the site instead.
function Get-CapturedSiteId {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$State, $Captured)
    $siteId = [string](Get-PropertyValue -Subject $Captured -Name 'SiteId')
    if ($siteId -ne '') { $siteId } else { Get-SiteId -State $State -Identity $Captured.Site }
}

# Checks that a captured pool can be created again.
function Test-CapturedPool {
    [CmdletBinding()] param([hashtable]$State, [string]$Fqdn, $Captured)
    $subject = "captured pool $Fqdn"
    $siteId = Get-CapturedSiteId -State $State -Captured $Captured
    $registrar = [string]$Captured.Registrar
    Get-Check -Passed (@($State.Site | Where-Object { $siteId -ne '' -and $siteId -eq $_.SiteId }).Count -eq 1) -Subject $subject -Good "its site $siteId exists" -Bad "its site '$siteId' does not exist any more (see Get-CsSite), so the pool cannot be created again; create it by hand as the change record says"
    Get-Check -Passed (Test-PoolService -State $State -Pool $registrar -Service 'Registrar') -Subject $subject -Good "its registrar $registrar exists" -Bad "its registrar '$registrar' does not exist any more (see Get-CsPool), so the pool cannot be created again; create it by hand as the change record says"
    if ($State.Trusted.ContainsKey($Fqdn)) { return }
    Get-Check -Passed (-not $State.Pool.ContainsKey($Fqdn)) -Subject $subject -Good 'its name is free' -Bad 'its name is now a Lync pool with other services; find out why first'
    foreach ($computer in @($Captured.Computers)) {
        $others = @(Get-OtherPool -State $State -Computer $computer -Pool $Fqdn)
        Get-Check -Passed ($others.Count -eq 0) -Subject $subject -Good "its computer $computer is in no other pool" -Bad "its computer $computer is now in the pool $($others -join ', '); find out why first"
    }
}

# Checks that what is to be removed belongs to this change: Lync removes the endpoints of an application and everything in a pool
# with it. -Whole: the pool goes too. Lync does not remove the only computer of a pool by itself (Microsoft's page
# Remove-CsTrustedApplicationComputer).
function Test-PoolRemoval {
    [CmdletBinding()] param([hashtable]$State, [string]$Fqdn, [string]$Application, [string[]]$Computer = @(), [switch]$Whole)
    $existing = Get-TrustedPool -State $State -Fqdn $Fqdn
    if (-not $existing.Exists) { return }
    $subject = "trusted application pool $Fqdn"
    $foreign = @(Get-CsTrustedApplicationEndpoint -TrustedApplicationPoolFqdn $Fqdn -ErrorAction Stop | ForEach-Object { "endpoint $($_.SipAddress)" })
    $left = @($existing.Computers | Where-Object { $Computer -notcontains $_ })
    if ($Whole) {
        foreach ($one in $existing.Applications) { if ($one.Id -ne $Application) { $foreign += "application $($one.Id)" } }
        foreach ($one in $left) { $foreign += "computer $one" }
    } elseif ($Computer.Count -gt 0) {
        Get-Check -Passed ($left.Count -gt 0) -Subject $subject -Good 'keeps a computer' -Bad "would lose its last computer ($($Computer -join ', ')), which Lync refuses; remove the pool by hand, or add another computer first"
    }
    Get-Check -Passed ($foreign.Count -eq 0) -Subject $subject -Good 'holds nothing that is not this change''s' -Bad "holds what is not this change's: $($foreign -join ', '); it would be removed too: find its owner first"
    foreach ($name in @($existing.Computers | Where-Object { $Computer -contains $_ })) {
        $others = @(Get-OtherPool -State $State -Computer $name -Pool $Fqdn)
        Get-Check -Passed ($others.Count -eq 0) -Subject "computer $name" -Good 'serves no other pool' -Bad "serves the pool $($others -join ', ') too; find out why before it is removed here"
    }
}

# Saves the topology and the whole configuration before the first change. The export holds secrets.
function Save-TopologySnapshot {
    [CmdletBinding()] param()
    if ($script:Step.WhatIf) { return }
    $export = Get-EvidencePath -Name "$($script:Step.Stem).configuration.zip"
    if (-not (Test-Path -LiteralPath $export -PathType Leaf)) {
        $topology = "$(Get-CsTopology -AsXml -ErrorAction Stop)"
        if ($null -eq ([xml]$topology).DocumentElement) { throw 'Get-CsTopology returned no topology' }
        Save-Evidence -Name "$($script:Step.Stem).topology.xml" -Byte ([Text.Encoding]::UTF8.GetBytes($topology))
        $partial = Get-EvidencePath -Name "$($script:Step.Stem).partial.zip"
        if (Test-Path -LiteralPath $partial) { Remove-Item -LiteralPath $partial }
        Export-CsConfiguration -FileName $partial -ErrorAction Stop
        Write-Event -Status 'EXPORT' -Text "$($script:Step.Stem).topology.xml: $(Get-SealedHash -Path (Get-EvidencePath -Name "$($script:Step.Stem).topology.xml"))"
        Write-Event -Status 'EXPORT' -Text "$($script:Step.Stem).configuration.zip: $(Get-SealedHash -Path $partial)"
        Move-Item -LiteralPath $partial -Destination $export
    }
    Write-Line -Status 'OK' -Text "topology snapshot and configuration export are saved; the export contains secrets, restrict access to it: $export"
}

# Returns the newest event 44024: the servers that Lync found in SipName dial plans when its service started. Only a Front End has it.
# What Lync found or lost since has other events, so it proves nothing about a name that is listed once one was removed from the
# known servers (14495), about a name that is not once one was added (14493), and about none once this change has enabled the
# topology (Microsoft's blog jenstr, "When to have a Lync Trusted Application Pool for Exchange OWA IM Integration?").
function Get-Discovery {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $newest = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Exchange Unified Messaging Routing'; Id = 44024 } -First 1)
    $text = if ($newest.Count -gt 0) { "$($newest[0].Message)".Trim() } else { '' }
    # Without its text (a missing message resource) the event says nothing.
    if ($text -eq '') { return @{ Visible = $false } }
    $enabled = Get-FollowUpTime -Mark 'enable-topology'
    $stale = @{}
    foreach ($id in @(14493, 14495)) {
        $times = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Protocol Stack'; Id = $id } -First 1 | ForEach-Object { $_.TimeCreated }) + @($enabled)
        $stale[$id] = @($times | Where-Object { $null -ne $_ -and $_ -gt $newest[0].TimeCreated }).Count -gt 0
    }
    @{ Visible = $true; Text = $text; Event = $newest[0]; Name = "event 44024 of $(Get-TimeText -Time $newest[0].TimeCreated)"; StaleIfListed = $stale[14495]; StaleIfNot = $stale[14493] }
}

# Checks in event 44024 whether Lync discovers names: it must not where they are in a trusted application pool, it must with -Wanted.
function Test-Discovery {
    [CmdletBinding()] param([string[]]$Name, [switch]$Wanted)
    $found = Get-Discovery
    if (-not $found.Visible) {
        $question = if ($Wanted) { 'name each of them? If not, stop: without the manual entry Lync does not know the server' } else { 'name one of them? If so, stop: a second entry stops OWA integration' }
        Get-Result -Status 'NOT SEEN' -Subject ($Name -join ', ') -Text "go/no-go: on a Front End, does the newest event 44024 of 'LS Exchange Unified Messaging Routing' $question"
        return
    }
    $later = 'The known servers have changed since, so that proves nothing; newer events of the same source do, or event 44024 after the next start of the Front End service'
    foreach ($one in $Name) {
        $subject = "server $one"
        $listed = Test-NameInText -Name $one -Text $found.Text
        if ($listed -eq [bool]$Wanted) {
            Get-Result -Status 'OK' -Subject $subject -Text "is $(if (-not $Wanted) { 'not ' })discovered by Lync ($($found.Name))"
        } elseif ($Wanted -and $found.StaleIfNot) {
            Get-Result -Status 'NOT SEEN' -Subject $subject -Text "go/no-go: does Lync discover it? $($found.Name) does not name it. ${later}. If it does not, Lync knows the server through the manual entry only"
        } elseif ($Wanted) {
            Get-Result -Status 'FAILED' -Subject $subject -Text "is not discovered by Lync ($($found.Name)), and without the manual entry Lync does not know it; check the UM services and the SipName dial plans"
        } elseif ($found.StaleIfListed) {
            Get-Result -Status 'WARNING' -Subject $subject -Text "was discovered by Lync at the start of its service ($($found.Name)). ${later}. If it is still in a SipName dial plan, take it out: a second entry stops OWA integration"
        } else {
            Get-Result -Status 'FAILED' -Subject $subject -Text "is discovered by Lync already ($($found.Name)), and a second entry stops OWA integration; write umColocated: true if both UM services run on it, or take it out of the SipName dial plans"
        }
    }
}

# Checks on a Front End whether Lync knows the servers (P14), and whether one of those in trusted application pools has a second
# entry (P2). The list of known servers is read when the service starts and when the topology changes, so it is advice.
function Test-KnownServer {
    [CmdletBinding()] param([string[]]$Trusted, [string[]]$Discovered)
    $names = @($Trusted) + @($Discovered)
    $newest = @(Find-Event -Filter @{ LogName = 'Lync Server'; ProviderName = 'LS Protocol Stack'; Id = 14492, 14493, 14495 })
    $found = Get-Discovery
    if ($found.Visible) {
        $newest = @(@($found.Event) + $newest | Sort-Object -Property TimeCreated -Descending)
        if ($Trusted.Count -gt 0) { Test-Discovery -Name $Trusted }
    }
    if ($newest.Count -eq 0) {
        Get-Result -Status 'NOT SEEN' -Subject 'known servers' -Text "go/no-go: on a Front End, do the events 14492/14493 of 'LS Protocol Stack' or 44024 of 'LS Exchange Unified Messaging Routing' name $($names -join ', '), and none of them twice?"
        return
    }
    foreach ($one in $names) {
        Get-Check -Passed (Test-KnownByEvent -Name $one -Newest $newest) -Advice -Subject "known server $one" -Good 'is on the known servers list of this Front End' -Bad "is not on the known servers list of this Front End yet (events 14492, 14493 and 44024, the newest of $(Get-TimeText -Time $newest[0].TimeCreated))"
    }
}

# Tells whether the events, newest first, say that a name is known: 14492 is a whole list, 14493 adds, 14495 removes, 44024 lists
# what was discovered.
function Test-KnownByEvent {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name, [object[]]$Newest)
    foreach ($entry in $Newest) {
        if (Test-NameInText -Name $Name -Text ([string]$entry.Message)) { return $entry.Id -ne 14495 }
        if ($entry.Id -eq 14492) { return $false }
    }
    $false
}

# Tells whether a text holds an FQDN as a whole name.
function Test-NameInText {
    [CmdletBinding()] [OutputType([bool])] param([string]$Name, [string]$Text)
    [regex]::IsMatch($Text, '(?<![\w.-])' + [regex]::Escape($Name) + '(?![\w-])(?!\.\w)', 'IgnoreCase, CultureInvariant')
}

# Checks that the pilot users are enabled for Lync under their SIP addresses (P12).
function Test-PilotSipUser {
    [CmdletBinding()] param([hashtable[]]$Pilot)
    foreach ($one in $Pilot) {
        $enabled, $reason = $false, 'the account is disabled'
        try {
            $enabled = [bool](Get-CsUser -Identity "sip:$($one.Sip)" -ErrorAction Stop).Enabled
        } catch {
            $reason = $_.Exception.Message
        }
        Get-Check -Passed $enabled -Subject "pilot user $($one.Sip)" -Good 'is enabled for Lync' -Bad "is not enabled for Lync under this SIP address ($reason); enable the user, or write {mailbox: ..., sip: ...} in pilotUsers where the two addresses differ"
    }
}

# ---- exchange: what can be seen of Exchange -------------------------------------------------------------------
# Exchange cmdlets run in a session on a server. Their enumerations print as numbers inside a text, so each is cast to
# [string] first (tried on a recorded object).

# Runs a look-up. An object that does not exist is nothing; any other error is an error, because a guard must not pass when a
# look-up fails. The shell's proxy keeps the kind of the error in its reason.
function Find-ExchangeObject {
    [CmdletBinding()] param([scriptblock]$Find)
    try {
        & $Find
    } catch {
        if ($_.CategoryInfo.Reason -ne 'ManagementObjectNotFoundException') { throw }
    }
}

# Returns the identity of an object; never empty, because an empty identity means every object.
function Get-Identity {
    [CmdletBinding()] [OutputType([string])] param($Subject)
    $identity = [string]$Subject.Identity
    if ($identity.Trim() -eq '') { throw 'an object came back without an identity; acting on it would touch every object' }
    $identity
}

# Returns a path below the Exchange installation folder of this computer.
function Get-InstallPath {
    [CmdletBinding()] param([string]$Child)
    $setup = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
    Join-Path -Path $setup.MsiInstallPath -ChildPath $Child
}

# Checks that OWA finds the UCMA 4.0 runtime (P1). Microsoft's page of the health set OWA.Protocol.Dep has the file as the default
# value; the integration page says its folder, but OWA opens the value as a file.
function Test-UcmaRuntime {
    [CmdletBinding()] param()
    $dll = 'Microsoft.Rtc.Internal.Ucweb.dll'
    $value = ''
    $key = Get-ItemProperty -LiteralPath 'Registry::HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging' -ErrorAction SilentlyContinue
    if ($null -ne $key) { $value = [string](Get-PropertyValue -Subject $key -Name 'ImplementationDLLPath') }
    $isFile = $value -ne '' -and (Split-Path -Leaf -Path $value) -eq $dll -and (Test-Path -LiteralPath $value -PathType Leaf)
    $bad = "ImplementationDLLPath is '$value' and not the file $dll; install the runtime: https://www.microsoft.com/download/details.aspx?id=34992"
    if ($value -ne '' -and (Test-Path -LiteralPath (Join-Path -Path $value -ChildPath $dll) -PathType Leaf)) {
        $bad = "ImplementationDLLPath is the folder '$value', and OWA opens the value as a file; set the value to the path of $dll in that folder"
    }
    Get-Check -Passed $isFile -Subject 'UCMA 4.0 runtime' -Good "ImplementationDLLPath is the file $dll" -Bad $bad
}

# Checks that a server has the Mailbox role, because OWA connects to Lync from there. Exchange 2013 can have only the Client Access role
# on a server. IsMailboxServer and ServerRole were recorded on real servers.
function Test-MailboxRole {
    [CmdletBinding()] param([hashtable]$Server)
    $found = Get-ExchangeServer -Identity $Server.Fqdn -ErrorAction Stop
    Get-Check -Passed ([bool]$found.IsMailboxServer) -Subject "server $($Server.Fqdn)" -Good 'has the Mailbox role' -Bad "does not have the Mailbox role (it has: $([string]$found.ServerRole)), and OWA connects to Lync from Mailbox servers only; name the Mailbox servers in mailboxServers and this one in clientAccessServers"
}

# Checks that this server can connect to the Lync pool. OWA connects to port 5061 (code of Exchange 2013). Test-NetConnection came with
# Windows Server 2012 R2 (Microsoft's page of that cmdlet), so on an older Windows a person must answer.
function Test-RegistrarPort {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseCompatibleCmdlets', '', Justification = 'Test-NetConnection is called only where Get-Command finds it.')]
    [CmdletBinding()] param([string]$Registrar)
    if (-not (Get-Command -Name 'Test-NetConnection' -ErrorAction SilentlyContinue)) {
        Get-Result -Status 'NOT SEEN' -Subject 'firewall' -Text "go/no-go: can this server reach $Registrar on port 5061? This Windows has no Test-NetConnection, so the script cannot test it"
        return
    }
    $subject = "Lync pool $Registrar"
    try {
        $found = Test-NetConnection -ComputerName $Registrar -Port 5061 -WarningAction SilentlyContinue -ErrorAction Stop
    } catch {
        Get-Result -Status 'NOT SEEN' -Subject 'firewall' -Text "go/no-go: can this server reach $Registrar on port 5061? Test-NetConnection failed: $($_.Exception.Message)"
        return
    }
    # A name of a load balancer, or of several Front Ends, is tested at the address that Windows chose.
    $address = "$(Get-PropertyValue -Subject $found -Name 'RemoteAddress')"
    if ($address -eq '') {
        Get-Result -Status 'FAILED' -Subject $subject -Text 'its name has no address on this server; add it to DNS, or correct registrar'
        return
    }
    Get-Check -Passed ([bool]$found.TcpTestSucceeded) -Subject $subject -Good "accepts connections on port 5061 of $address" -Bad "accepts no connection on port 5061 of $address; let the firewalls pass TCP port 5061 from this server to that address, and make sure that the Front End service runs there"
}

# Checks the certificate of a server: present, with key, in its dates, trusted, and with a name under which Lync knows the server (P3, P9).
function Test-ImCertificate {
    [CmdletBinding()] param([hashtable]$Server, [string]$WindowEnd)
    $subject = "certificate $($Server.Thumbprint) on $($Server.Fqdn)"
    try {
        $found = @(Get-ExchangeCertificate -Server $Server.Fqdn -ErrorAction Stop | Where-Object { $Server.Thumbprint -eq [string]$_.Thumbprint })
    } catch {
        Get-Result -Status 'FAILED' -Subject "server $($Server.Fqdn)" -Text "its certificates cannot be read from this shell ($($_.Exception.Message)); start the server, or find out why it cannot be reached"
        return
    }
    Get-Check -Passed ($found.Count -eq 1) -Subject $subject -Good 'is there' -Bad "is not on $($Server.Fqdn); import it there with its private key, or correct certificateThumbprint (see Get-ExchangeCertificate)"
    if ($found.Count -ne 1) { return }
    $certificate = $found[0]
    Get-Check -Passed ([bool]$certificate.HasPrivateKey) -Subject $subject -Good 'has its private key' -Bad 'has no private key; import it with the key'
    Test-CertificateDate -Certificate $certificate -Subject $subject -WindowEnd $WindowEnd
    Test-CertificateTrust -Certificate $certificate -Subject $subject
    Test-CertificateName -Certificate $certificate -Subject $subject -Known $Server.Known
}

# Checks that the certificate is valid now and until the change window ends. OWA warns in the last 30 days too, with event 106 (code of
# Exchange 2013).
function Test-CertificateDate {
    [CmdletBinding()] param($Certificate, [string]$Subject, [string]$WindowEnd)
    $now = Get-Date
    $end = $now
    if ($WindowEnd -ne '') { $end = ConvertFrom-TimeText -Text $WindowEnd }
    if ($end -lt $now) { $end = $now }
    $until = Get-TimeText -Time $Certificate.NotAfter
    $dates = "$(Get-TimeText -Time $Certificate.NotBefore) to $until"
    $advice = 'lyncowa certificate-request prints the commands'
    if ($Certificate.NotBefore -gt $now -or $Certificate.NotAfter -le $now) {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "is outside its dates ($dates); renew it: $advice"
    } elseif ($Certificate.NotAfter -le $end) {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "ends on $until, before the change window ends ($(Get-TimeText -Time $end)); renew it first: $advice"
    } elseif ($Certificate.NotAfter -le $end.AddDays(30)) {
        Get-Result -Status 'WARNING' -Subject $Subject -Text "ends on $until, less than 30 days after the change; renew it soon: $advice"
    } else {
        Get-Result -Status 'OK' -Subject $Subject -Text "is in its dates ($dates)"
    }
}

# Checks that the other side can trust the certificate. Valid says nothing about the root: a self-signed certificate is Valid with
# the root type None. RevocationCheckFailure says that the revocation list could not be reached, and OWA does not ask for it.
function Test-CertificateTrust {
    [CmdletBinding()] param($Certificate, [string]$Subject)
    $status = [string]$Certificate.Status
    $root = [string](Get-PropertyValue -Subject $Certificate -Name 'RootCAType')
    if ([bool](Get-PropertyValue -Subject $Certificate -Name 'IsSelfSigned') -or @('None', 'Unknown') -contains $root) {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "is self-signed, or its root is not trusted here (root type $root), so Lync cannot trust it; use a certificate of an authority that both sides trust"
    }
    if ($status -eq 'RevocationCheckFailure') {
        Get-Result -Status 'WARNING' -Subject $Subject -Text 'has the status RevocationCheckFailure: its revocation list cannot be reached from here. OWA works without; make sure that Lync reaches it'
    } else {
        Get-Check -Passed ($status -eq 'Valid') -Subject $Subject -Good 'has the status Valid' -Bad "has the status $status instead of Valid; see Get-ExchangeCertificate and replace the certificate"
    }
}

# Checks the names of the certificate. Lync looks up the subject's CN among the names that it knows; the integration page wants the
# name in the subject and in the alternative names.
function Test-CertificateName {
    [CmdletBinding()] param($Certificate, [string]$Subject, [string[]]$Known)
    $common = ''
    if ([string]$Certificate.Subject -match '(?:^|,\s*)CN="?([^,"]+)"?') { $common = $Matches[1].Trim() }
    $alternative = @($Certificate.CertificateDomains | ForEach-Object { [string]$_ } | Where-Object { $Known -contains $_ })
    $wanted = "the subject CN $($Known -join ' or ') that is also among the subject alternative names"
    if ($common -like '*[*]*') {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "has the subject CN '$common', and Lync does not support a wildcard subject; request one with $wanted"
    } elseif ($alternative -contains $common) {
        Get-Result -Status 'OK' -Subject $Subject -Text "has the subject CN $common, under which Lync knows this server, also among its subject alternative names"
    } elseif ($alternative.Count -gt 0 -and $Known -contains $common) {
        Get-Result -Status 'WARNING' -Subject $Subject -Text "has the subject CN $common, under which Lync knows this server, but not among its subject alternative names ($($alternative -join ', ')). The integration page wants it in both: prove it with a pilot sign-in (step 99), or request one with $wanted"
    } elseif ($alternative.Count -gt 0) {
        Get-Result -Status 'WARNING' -Subject $Subject -Text "has the subject CN '$common' and $($alternative -join ', ') only among its subject alternative names. Lync looks up the CN, so this may not work: prove it with a pilot sign-in (step 99), or request one with $wanted"
    } else {
        Get-Result -Status 'FAILED' -Subject $Subject -Text "has the subject CN '$common' and none of the names that Lync knows among its subject alternative names; request one with $wanted"
    }
}

# Returns the front-end OWA virtual directories of one server, or of the organisation for '', as Active Directory has them.
function Get-OwaDirectory {
    [CmdletBinding()] param([string]$Server)
    $found = if ($Server -eq '') { Get-OwaVirtualDirectory -ADPropertiesOnly -ErrorAction Stop } else { Find-ExchangeObject -Find { Get-OwaVirtualDirectory -Server $Server -ADPropertiesOnly -ErrorAction Stop } }
    $found | Where-Object { $null -ne $_ -and [string]$_.Identity -notlike '*(Exchange Back End)' }
}

# Checks that a Client Access server of the right version has an OWA virtual directory; '' is the organisation. -Reach: that IIS on
# the server can be reached too, because Set-OwaVirtualDirectory writes there (Microsoft's page of that cmdlet).
function Test-OwaDirectory {
    [CmdletBinding()] param([string]$Server, [string]$Year, [switch]$Reach)
    $where = if ($Server -eq '') { 'the organisation' } else { $Server }
    $found = @(Get-OwaDirectory -Server $Server)
    Get-Check -Passed ($found.Count -gt 0) -Subject "OWA virtual directory on $where" -Good "$($found.Count) found" -Bad 'none found; name the Client Access servers in clientAccessServers'
    foreach ($name in @($found | ForEach-Object { [string]$_.Server } | Select-Object -Unique)) {
        $reported = [string](Get-ExchangeServer -Identity $name -ErrorAction Stop).AdminDisplayVersion
        # The organisation-wide form of the integration page touches every version, as the change record warns.
        Get-Check -Passed (Test-ExchangeVersion -Reported $reported -Year $Year) -Advice:($Server -eq '') -Subject "Client Access server $name" -Good "is Exchange $Year" -Bad "reports '$reported', not Exchange $Year; correct clientAccessServers"
    }
    if ($Reach) { foreach ($directory in $found) { Test-OwaReach -Identity (Get-Identity -Subject $directory) } }
}

# Checks that the IIS settings of an OWA virtual directory can be read through this shell.
function Test-OwaReach {
    [CmdletBinding()] param([string]$Identity)
    $reason = ''
    try {
        [void](Get-OwaVirtualDirectory -Identity $Identity -ErrorAction Stop)
    } catch {
        $reason = $_.Exception.Message
    }
    Get-Check -Passed ($reason -eq '') -Subject "OWA virtual directory $Identity" -Good 'its server can be reached' -Bad "its server cannot be reached from this shell ($reason); start the server, or use the shell of an Exchange server that reaches it"
}

# Checks that a name is exactly one OWA mailbox policy.
function Test-OwaPolicy {
    [CmdletBinding()] param([string]$Name)
    $found = @(Get-OwaMailboxPolicy -ErrorAction Stop | Where-Object { $Name -eq [string]$_.Name })
    Get-Check -Passed ($found.Count -eq 1) -Subject "OWA mailbox policy $Name" -Good 'exists' -Bad "$($found.Count) policies have this name; see Get-OwaMailboxPolicy and correct mailboxPolicies"
}

# Asks about the OWA virtual directories that keep instant messaging. -Own are those of this change: mailbox policies are
# organisation-wide, so users of the others lose it with the policies.
function Test-OtherMessaging {
    [CmdletBinding()] param([object[]]$Own, [string[]]$Policy)
    $names = @($Own | ForEach-Object { Get-Identity -Subject $_ })
    $others = @(Get-OwaDirectory -Server '' | Where-Object { $names -notcontains [string]$_.Identity -and (Test-Messaging -Subject $_ -Enabled $true -Type 'Ocs') } | ForEach-Object { [string]$_.Identity })
    if ($others.Count -eq 0) { return }
    Get-Result -Status 'NOT SEEN' -Subject "OWA mailbox policy $($Policy -join ', ')" -Text "go/no-go: instant messaging is in use on OWA virtual directories that stay ($($others -join ', ')). Do their users have other mailbox policies? If not, they lose it too"
}

# Tells whether a virtual directory or mailbox policy has these values; without -Type the type does not count.
function Test-Messaging {
    [CmdletBinding()] [OutputType([bool])] param($Subject, [bool]$Enabled, [string]$Type = '')
    if (@($Subject).Count -ne 1) { throw "one object was expected, $(@($Subject).Count) came back" }
    [bool]$Subject.InstantMessagingEnabled -eq $Enabled -and ($Type -eq '' -or $Type -eq [string]$Subject.InstantMessagingType)
}

# Returns what a back-out of instant messaging restores: object identity -> InstantMessagingEnabled, InstantMessagingType.
function Get-MessagingState {
    [CmdletBinding()] [OutputType([hashtable])] param([object[]]$Subject)
    if ($Subject.Count -eq 0) { throw 'there is nothing to act on; see the checks above' }
    $state = @{}
    foreach ($one in $Subject) { $state[(Get-Identity -Subject $one)] = @{ InstantMessagingEnabled = [bool]$one.InstantMessagingEnabled; InstantMessagingType = [string]$one.InstantMessagingType } }
    $state
}

# Returns the identities that a back-out restores, those that this change touched, and checks their captured values.
function Get-TouchedIdentity {
    [CmdletBinding()] param([hashtable]$Before, [string]$Kind)
    foreach ($identity in @($Before.GetEnumerator() | ForEach-Object { $_.Key } | Sort-Object)) {
        if (-not (Test-Attempt -Target "$Kind $identity")) { continue }
        if ($Before[$identity].InstantMessagingEnabled -isnot [bool] -or "$($Before[$identity].InstantMessagingType)" -eq '') {
            throw "${Kind} ${identity}: the captured state cannot be used; restore the values by hand as the change record says"
        }
        $identity
    }
}

# Returns the state of the OWA application pool on this computer, 'Started' when it runs.
function Get-OwaPoolState {
    [CmdletBinding()] param()
    "$(& 'C:\Windows\System32\Inetsrv\Appcmd.exe' list apppool '/apppool.name:MSExchangeOWAAppPool' '/text:state')".Trim()
}

# Recycles the OWA application pool of this computer if that is due (P10).
function Invoke-OwaRecycle {
    [CmdletBinding()] param()
    Invoke-FollowUp -Mark 'owa-recycle' -Target "OWA application pool on $($script:Step.Host)" -Action 'recycle MSExchangeOWAAppPool' -Change { Invoke-PoolRecycle }
    if ($script:Step.WhatIf) { return }
    $state = Get-OwaPoolState
    if ($state -ne 'Started') {
        $script:Step.Late = $true
        throw "MSExchangeOWAAppPool is '$state' instead of Started; start it in IIS Manager and see the System event log"
    }
    Write-Line -Status 'OK' -Text 'MSExchangeOWAAppPool is started'
}

# Checks on this computer what step 70 leaves: the settings, a started application pool, no recycle due.
function Test-FinishedServer {
    [CmdletBinding()] param([hashtable]$Server)
    Test-FinishedSetting -Server $Server
    Test-OwaPool
}

# Checks that the OWA application pool of this computer runs, and that no recycle is due.
function Test-OwaPool {
    [CmdletBinding()] param()
    $state = Get-OwaPoolState
    Get-Check -Passed ($state -eq 'Started') -Subject 'MSExchangeOWAAppPool' -Good 'is started' -Bad "is '$state'; start it in IIS Manager"
    Get-Check -Passed (-not (Test-Mark -Name 'owa-recycle')) -Subject 'OWA application pool' -Good 'no recycle is due' -Bad 'a recycle is still due; run step 70 again'
}

# What OWA writes into the Application log when instant messaging cannot start (source MSExchange OWA, from the code of Exchange 2013).
$script:OwaEvent = @{
    83 = 'the registry value ImplementationDLLPath is missing'; 84 = 'the UCMA library is missing'
    86 = 'the UCMA library could not be used'; 87 = 'the UCMA library could not be loaded'
    102 = 'the certificate has expired'; 103 = 'the certificate was not found'; 104 = 'the certificate is not valid yet'
    106 = 'the certificate expires within 30 days'
}

# Checks what the first OWA sign-in after the recycle leaves (P14): event 112 and the log folder. Shows every other event of OWA
# since then. -Policy and -Directory are what decides who may use instant messaging.
function Test-OwaStart {
    [CmdletBinding()] param([hashtable[]]$Pilot, [object[]]$Policy, [object[]]$Directory)
    $recycle = Get-FollowUpTime -Mark 'owa-recycle'
    # Where the settings were right before this change, OWA may have started long ago.
    $since = if ($null -eq $recycle) { (Get-Date).AddDays(-7) } else { $recycle }
    $events = @(Find-Event -Filter @{ LogName = 'Application'; ProviderName = 'MSExchange OWA'; StartTime = $since })
    $started = @($events | Where-Object { $_.Id -eq 112 })
    $logs = Get-InstallPath -Child 'Logging\OWA\InstantMessaging'
    $logging = Test-Path -LiteralPath $logs -PathType Container
    $subject = 'event log, source MSExchange OWA'
    if ($started.Count -gt 0 -and $logging) {
        Get-Result -Status 'OK' -Subject $subject -Text "event 112 of $(Get-TimeText -Time $started[0].TimeCreated): instant messaging has started"
        Get-Result -Status 'OK' -Subject 'instant messaging logs' -Text "are in $logs"
    } elseif ($null -eq $recycle -and $started.Count -eq 0) {
        Get-Result -Status 'NOT SEEN' -Subject $subject -Text 'go/no-go: this change has not recycled OWA on this server, and there is no event 112 in the last 7 days; OWA writes it at the first sign-in after its start. Does a user whose mailbox is active on this server see the presence icon?'
    } elseif ($Pilot.Count -gt 0 -and -not (Test-PilotHere -Pilot $Pilot)) {
        Get-Result -Status 'NOT SEEN' -Subject $subject -Text "go/no-go: no event 112 since the recycle, or no $logs. No pilot user's mailbox is active on this server, so perhaps nobody has signed in through it: sign in with a user whose mailbox is, then run this script again"
    } else {
        $end = Get-CacheEnd -Recycle $since -Policy $Policy -Directory $Directory
        $early = (Get-Date) -lt $end
        $until = if ($early) { " If one has, wait until $(Get-TimeText -Time $end): OWA keeps a mailbox policy for up to 60 minutes and a virtual directory for up to 3 hours." } else { '' }
        $status = if ($early) { 'NOT YET' } else { 'FAILED' }
        if ($started.Count -eq 0) { Get-Result -Status $status -Subject $subject -Text "no event 112 since the recycle of $(Get-TimeText -Time $since). Sign in to OWA with a user whose mailbox is active on this server, then run this script again.$until" }
        if (-not $logging) { Get-Result -Status $status -Subject 'instant messaging logs' -Text "there is no $logs. It appears with the first OWA sign-in; without it, instant messaging has not started.$until" }
    }
    foreach ($one in @($events | Where-Object { $script:OwaEvent.ContainsKey([int]$_.Id) -or @(1, 2, 3) -contains [int]$_.Level })) {
        $meaning = if ($script:OwaEvent.ContainsKey([int]$one.Id)) { "$($script:OwaEvent[[int]$one.Id]): " } else { '' }
        # A start after the event has overcome it.
        $overcome = $meaning -eq '' -or $one.Id -eq 106 -or ($started.Count -gt 0 -and $started[0].TimeCreated -gt $one.TimeCreated)
        Get-Check -Passed $false -Advice:$overcome -Subject "event $($one.Id) of $(Get-TimeText -Time $one.TimeCreated)" -Bad ($meaning + (([string]$one.Message) -replace '\s+', ' '))
    }
}

# Returns until when OWA may go on with what it read before: a mailbox policy for 60 minutes (Microsoft's page Set-OwaMailboxPolicy),
# a virtual directory for three hours (code of Exchange 2013). A recycle ends both.
function Get-CacheEnd {
    [CmdletBinding()] [OutputType([datetime])] param([datetime]$Recycle, [object[]]$Policy, [object[]]$Directory)
    $now = Get-Date
    $end = $Recycle.AddMinutes(60)
    foreach ($kind in @(@{ Subject = $Policy; Minutes = 60 }, @{ Subject = $Directory; Minutes = 180 })) {
        foreach ($one in $kind.Subject) {
            $changed = Get-PropertyValue -Subject $one -Name 'WhenChangedUTC'
            if ($changed -isnot [datetime]) { continue }
            $changed = $changed.ToLocalTime()
            if ($changed -gt $Recycle -and $changed -le $now -and $changed.AddMinutes($kind.Minutes) -gt $end) { $end = $changed.AddMinutes($kind.Minutes) }
        }
    }
    $end
}

# Tells whether a pilot user's mailbox is active on this server. Where the active copy of a database is, the database knows; the
# mailbox's ServerName does not follow a failover (Microsoft's page Get-MailboxDatabase).
function Test-PilotHere {
    [CmdletBinding()] [OutputType([bool])] param([hashtable[]]$Pilot)
    foreach ($one in $Pilot) {
        foreach ($mailbox in @(Find-ExchangeObject -Find { Get-Mailbox -Identity $one.Mailbox -ErrorAction Stop })) {
            $database = [string]$mailbox.Database
            if ($database -eq '') { continue }
            $active = @(Find-ExchangeObject -Find { Get-MailboxDatabase -Identity $database -Status -ErrorAction Stop } | ForEach-Object { [string]$_.MountedOnServer })
            if (@($active | Where-Object { @($script:Step.Host, (Get-ShortName -Fqdn $script:Step.Host)) -contains $_ }).Count -gt 0) { return $true }
        }
    }
    $false
}

# Checks the conditions for a pilot user that Exchange sees (P12): mailbox version, SIP address, OWA mailbox policy. A mailbox
# without a policy has the organisation's default policy; where there is none, the virtual directory decides (code of Exchange 2013).
# -Policy: the one that each pilot user is to have. -Early: the policies are still to come.
function Test-PilotMailbox {
    [CmdletBinding()] param([hashtable[]]$Pilot, [string]$Year, [string]$Policy = '', [switch]$Early)
    $policies = @(Get-OwaMailboxPolicy -ErrorAction Stop)
    foreach ($one in $Pilot) {
        $subject = "pilot user $($one.Mailbox)"
        $mailbox = @(Find-ExchangeObject -Find { Get-Mailbox -Identity $one.Mailbox -ErrorAction Stop })
        Get-Check -Passed ($mailbox.Count -eq 1) -Subject $subject -Good 'has a mailbox' -Bad "has $($mailbox.Count) mailboxes under this address; correct pilotUsers"
        if ($mailbox.Count -ne 1) { continue }
        $reported = [string]$mailbox[0].AdminDisplayVersion
        Get-Check -Passed (Test-ExchangeVersion -Reported $reported -Year $Year) -Subject $subject -Good "has the mailbox on Exchange $Year" -Bad "has the mailbox on '$reported', not on Exchange $Year; move it"
        $sip = @($mailbox[0].EmailAddresses | ForEach-Object { [string]$_ } | Where-Object { $_ -like 'sip:*' } | ForEach-Object { $_.Substring(4) })
        $other = if ($sip.Count -eq 0) { 'has no SIP address among EmailAddresses; enable the user for Lync' } else { "has the SIP address $($sip -join ', '), not $($one.Sip); write {mailbox: $($one.Mailbox), sip: $($sip[0])} in pilotUsers" }
        Get-Check -Passed ($sip -contains $one.Sip) -Subject $subject -Good "has the SIP address $($one.Sip)" -Bad $other
        $name = [string](Get-CASMailbox -Identity $one.Mailbox -ErrorAction Stop).OwaMailboxPolicy
        $effective = @($policies | Where-Object { if ($name -eq '') { Get-PropertyValue -Subject $_ -Name 'IsDefault' } else { $name -eq [string]$_.Name -or $name -eq [string]$_.Identity } })
        if ($Policy -ne '') { Get-Check -Passed (@($effective | Where-Object { $Policy -eq [string]$_.Name }).Count -eq 1) -Subject $subject -Good "has the OWA mailbox policy $Policy" -Bad "has the OWA mailbox policy '$(@($effective | ForEach-Object { [string]$_.Name }) -join ', ')' and not $Policy; run step 65 again" }
        foreach ($decisive in $effective) {
            Get-Check -Passed (Test-Messaging -Subject $decisive -Enabled $true -Type 'Ocs') -Advice:$Early -Subject $subject -Good "has instant messaging by the OWA mailbox policy $($decisive.Name)" -Bad "has the OWA mailbox policy '$($decisive.Name)' without instant messaging of type OCS; the change integrate enables it"
        }
    }
}

# Shows what Exchange's own monitoring says. It names a missing server name or thumbprint where the event log is silent
# (Microsoft's page of the health set OWA.Protocol.Dep), but lags up to half an hour behind, so it is advice.
function Test-OwaHealth {
    [CmdletBinding()] param()
    $subject = 'health set OWA.Protocol.Dep'
    $monitors = @(Get-ServerHealth -Identity $script:Step.Host -HealthSet 'OWA.Protocol.Dep' -ErrorAction SilentlyContinue)
    if ($monitors.Count -eq 0) {
        Get-Result -Status 'NOT SEEN' -Subject $subject -Text 'go/no-go: the health service gave no answer; is it running (service MSExchangeHM)?'
        return
    }
    $sick = @($monitors | Where-Object { @('Healthy', 'Online', 'Disabled') -notcontains [string]$_.AlertValue } | ForEach-Object { $_.Name })
    Get-Check -Passed ($sick.Count -eq 0) -Advice -Subject $subject -Good 'healthy' -Bad "unhealthy: $($sick -join ', '); it can stay so for about 30 minutes after a repair"
}

# ---- um: which SipName dial plans a server is in --------------------------------------------------------------

# Returns the SipName UM dial plans of the organisation.
function Get-SipPlan {
    [CmdletBinding()] param()
    Get-UMDialPlan -ErrorAction Stop | Where-Object { [string]$_.UriType -eq 'SipName' }
}

# Returns what holds the dial plans of a server: its UM service (UM) or its UM Call Router (Router); nothing where it has none.
# Microsoft's page Get-UMService takes the name of a server, not its FQDN.
function Get-UmHolder {
    [CmdletBinding()] param([string]$Server, [string]$Role)
    $name = Get-ShortName -Fqdn $Server
    if ($Role -eq 'UM') {
        Find-ExchangeObject -Find { Get-UMService -Identity $name -ErrorAction Stop }
    } else {
        Find-ExchangeObject -Find { Get-UMCallRouterSettings -Server $Server -ErrorAction Stop }
    }
}

# Returns the names of the SipName dial plans that a server is in, in one role or both.
function Get-ServerSipPlan {
    [CmdletBinding()] param([string]$Server, [string[]]$Role = @('UM', 'Router'))
    $names = @(foreach ($one in $Role) { Get-UmHolder -Server $Server -Role $one | ForEach-Object { $_.DialPlans } | ForEach-Object { [string]$_ } })
    Get-SipPlan | Where-Object { $names -contains [string]$_.Name -or $names -contains [string]$_.Identity } | ForEach-Object { [string]$_.Name }
}

# Checks that every named dial plan exists and is a SipName plan; no name stands for all, of which there must be one.
function Test-SipPlan {
    [CmdletBinding()] param([string[]]$Name)
    $sip = @(Get-SipPlan | ForEach-Object { [string]$_.Name })
    if ($Name.Count -eq 0) { Get-Check -Passed ($sip.Count -gt 0) -Subject 'SipName dial plans' -Good "$($sip -join ', ')" -Bad 'there is none; create one first, or leave out sipDialPlans' }
    foreach ($plan in $Name) {
        Get-Check -Passed ($sip -contains $plan) -Subject "dial plan $plan" -Good 'is a SipName dial plan' -Bad 'is not a SipName dial plan of this organisation, and Lync discovers servers only through those; see Get-UMDialPlan and correct sipDialPlans'
    }
}

# Checks that a server has the UM service (UM) or the UM Call Router (Router) whose dial plans are to be set.
function Test-UmRole {
    [CmdletBinding()] param([string]$Server, [string]$Role)
    $kind = if ($Role -eq 'UM') { 'UM service' } else { 'UM Call Router' }
    Get-Check -Passed (@(Get-UmHolder -Server $Server -Role $Role).Count -eq 1) -Subject "$kind on $Server" -Good 'found' -Bad 'not found; name only Mailbox servers in mailboxServers and Client Access servers in clientAccessServers'
}

# Checks the claim umColocated: true as far as any Exchange shell sees it (P2): both UM services on the server, and a SipName dial
# plan. -PlanComing: step 30 adds the plan.
function Test-UmColocation {
    [CmdletBinding()] param([string]$Server, [switch]$PlanComing)
    foreach ($role in @('UM', 'Router')) { Test-UmRole -Server $Server -Role $role }
    $subject = "colocated server $Server"
    $plans = @(Get-ServerSipPlan -Server $Server -Role 'UM')
    if ($plans.Count -eq 0 -and $PlanComing) {
        Get-Result -Status 'WARNING' -Subject $subject -Text 'is in no SipName dial plan yet; step 30 adds it'
        return
    }
    Get-Check -Passed ($plans.Count -gt 0) -Subject $subject -Good "is in the SipName dial plan $($plans -join ', ')" -Bad 'is in no SipName dial plan, so Lync does not discover it. If step 30 has just run, wait for Active Directory replication and run this script again; otherwise name the plan in sipDialPlans or write umColocated: false'
}

# Checks that both UM services are installed on this computer (P2). Recorded on real servers of 2013 and 2016 under these names.
function Test-UmServiceOnHost {
    [CmdletBinding()] param()
    foreach ($name in @('MSExchangeUM', 'MSExchangeUMCR')) {
        $service = @(Get-Service -Name $name -ErrorAction SilentlyContinue)
        Get-Check -Passed ($service.Count -eq 1) -Subject "service $name" -Good 'is installed on this server' -Bad 'is not installed on this server, so its UM services are not colocated; write umColocated: false'
    }
}

# Checks that a name of the trusted application pool is not in a SipName dial plan too (P2, P6).
function Test-DoubleEntry {
    [CmdletBinding()] param([string[]]$Name)
    foreach ($server in $Name) {
        if (@(Find-ExchangeObject -Find { Get-ExchangeServer -Identity $server -ErrorAction Stop }).Count -eq 0) { continue }
        $plans = @(Get-ServerSipPlan -Server $server | Select-Object -Unique)
        Get-Check -Passed ($plans.Count -eq 0) -Subject "server $server" -Good 'is in no SipName dial plan' -Bad "goes into the trusted application pool and is in the SipName dial plan $($plans -join ', ') too, and a double entry stops OWA integration; write trustedComputers: [] or take it out of the plan"
    }
}

# ---- pilots: the users who try a change before everybody else --------------------------------------------------

# Returns the name of the OWA mailbox policy that a mailbox itself has; '' for none. -Policy: all policies.
function Get-OwnPolicy {
    [CmdletBinding()] [OutputType([string])] param($Mailbox, [object[]]$Policy)
    $text = [string]$Mailbox.OwaMailboxPolicy
    foreach ($one in $Policy) {
        if (@([string]$one.Name, [string]$one.Identity) -contains $text) { return [string]$one.Name }
    }
    $text
}

# Checks that nobody but the pilot users gets instant messaging by the pilot policy, or has it by another one already.
# A user has the own policy; without one the default policy; without a default policy the virtual directory decides
# (code of Exchange 2013).
function Test-PilotPolicy {
    [CmdletBinding()] param([string]$Name, [hashtable[]]$Pilot, [string]$Stem)
    $subject = "OWA mailbox policy $Name"
    $policies = @(Get-OwaMailboxPolicy -ErrorAction Stop)
    $own = @($policies | Where-Object { $Name -eq [string]$_.Name })
    Get-Check -Passed ($own.Count -eq 1) -Subject $subject -Good 'exists' -Bad "$($own.Count) policies have this name; make one as 'lyncowa explain pilot-policy' shows, or correct pilotPolicy"
    if ($own.Count -ne 1) { return }
    $default = @($policies | Where-Object { [bool](Get-PropertyValue -Subject $_ -Name 'IsDefault') })
    Get-Check -Passed (@($default | Where-Object { $Name -eq [string]$_.Name }).Count -eq 0) -Subject $subject -Good 'is not the default policy' -Bad 'is the default policy, which every user without a policy has; name another one in pilotPolicy'

    $pilots, $done = @{}, (Test-Messaging -Subject $own -Enabled $true -Type 'Ocs')
    foreach ($one in $Pilot) {
        $found = @(Find-ExchangeObject -Find { Get-CASMailbox -Identity $one.Mailbox -ErrorAction Stop })
        Get-Check -Passed ($found.Count -eq 1) -Subject "pilot user $($one.Mailbox)" -Good 'has a mailbox' -Bad "has $($found.Count) mailboxes under this address; correct pilotUsers"
        foreach ($mailbox in $found) {
            $pilots[(Get-Identity -Subject $mailbox)] = $true
            if ($Name -ne (Get-OwnPolicy -Mailbox $mailbox -Policy $policies)) { $done = $false }
        }
    }
    # The other users of each policy: how many, and one of them.
    $count, $example = @{}, @{}
    foreach ($mailbox in @(Get-CASMailbox -ResultSize Unlimited -ErrorAction Stop)) {
        $identity = [string]$mailbox.Identity
        if ($pilots.ContainsKey($identity)) { continue }
        $has = Get-OwnPolicy -Mailbox $mailbox -Policy $policies
        $count[$has] = 1 + [int]$count[$has]
        $example[$has] = $identity
    }
    Get-Check -Passed ([int]$count[$Name] -eq 0) -Subject $subject -Good 'nobody but the pilot users has it' -Bad "$([int]$count[$Name]) other user(s) have it too, such as $($example[$Name]), and would get instant messaging; give them another policy, or name another one in pilotPolicy"
    # Once this change has given it to the pilot users, step 80 may have reached everybody: no reason to refuse a second run. Where
    # only another computer can tell, a person is asked.
    $again = $done -and (Test-BeforeState -Stem $Stem)
    $ask = $done -and -not $again
    foreach ($policy in $policies) {
        $isDefault = @($default | Where-Object { [string]$_.Name -eq [string]$policy.Name }).Count -gt 0
        if ($Name -eq [string]$policy.Name -or -not (Test-Messaging -Subject $policy -Enabled $true -Type 'Ocs')) { continue }
        if (-not $isDefault -and [int]$count[[string]$policy.Name] -eq 0) { continue }
        $other = "OWA mailbox policy $($policy.Name)"
        if ($ask) {
            Get-Result -Status 'NOT SEEN' -Subject $other -Text 'go/no-go: it has instant messaging of type OCS already, and so have the pilot users. Has this change come so far before? If not, users beside the pilots would have it as soon as a server works: stop, and set its type to None first'
            continue
        }
        Get-Check -Passed $false -Advice:$again -Subject $other -Bad "has instant messaging of type OCS already, so users beside the pilots $(if ($again) { 'have' } else { 'would have' }) it as soon as a server works; for a pilot, set its type to None first, or leave pilotPolicy out"
    }
    Get-Check -Passed ($default.Count -gt 0) -Advice:$done -Subject 'OWA mailbox policies' -Good 'users without a policy have the default one' -Bad 'none is the default, so the virtual directory decides for users without a policy, and step 60 gives them instant messaging; make one the default, or leave pilotPolicy out'
}

# Checks that a pilot user can sign in on the canary: only a mailbox that is active on it is served by it.
function Test-CanaryPilot {
    [CmdletBinding()] param([hashtable[]]$Pilot)
    Get-Check -Passed (Test-PilotHere -Pilot $Pilot) -Subject "canary $($script:Step.Host)" -Good "the mailbox of a pilot user is active here" -Bad "no pilot user's mailbox is active here, so nobody can try it; activate a database with one here (Move-ActiveMailboxDatabase), move the mailbox of one here (New-MoveRequest), or name another canary"
}

# ---- run: what run.ps1 shows, asks and starts next, from the plan's rows and the event lines ------------------
# A row is a step with the hosts that run it before the next row begins. An item is one row on one host, or one question between
# rows. The order is that of the rows and, in one file, of the lines: a clock that was set back changes nothing.

# Returns the state of this run, which run.ps1 gives back with Resume-Run: each script that it starts loads the module anew.
function Get-RunState {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $script:Step
}

# Goes on with the state of run.ps1 after a script has loaded the module anew.
function Resume-Run {
    [CmdletBinding()] param([hashtable]$State)
    $script:Step = $State
    $script:WhatIfPreference = $false
    $script:ConfirmPreference = 'None'
}

# Reads the event lines with this digest of every computer: the last run of each script there that was not refused, and the last
# answer to each question.
function Read-RunEvidence {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $found = @{ Run = @{}; Answer = @{} }
    $position = 0
    foreach ($folder in @(Get-ChildItem -LiteralPath $script:Step.Evidence -ErrorAction SilentlyContinue | Where-Object { $_.PSIsContainer })) {
        $from = $folder.Name.ToLowerInvariant()
        $runs = @{}
        foreach ($line in @(Read-EventLine -Path (Join-Path -Path $folder.FullName -ChildPath 'events.jsonl'))) {
            if ($line -cnotmatch '"status":"(START|NOT SEEN|ATTEMPT|DONE|ANSWER|END)"') { continue }
            # A crash can have cut off a line.
            $entry = try { ConvertFrom-Json -InputObject $line } catch { $null }
            if ($null -eq $entry -or $entry.digest -ne $script:Step.Digest) { continue }
            $position++
            if ($entry.status -eq 'START') {
                $key = "$from $($entry.script)"
                $former = $found.Run[$key]
                $found.Run[$key] = $runs[$entry.run] = @{ Id = $entry.run; At = $position; Code = $null; Done = $false; Question = @(); Former = $former; Attempt = $null -ne $former -and $former.Attempt }
                # The way back makes the answers of the way forward old, and the other way round.
                $isBackOut = $entry.script -like 'back-out/*'
                foreach ($key in @($found.Answer.Keys)) { if ($entry.script -ne 'run.ps1' -and $key.StartsWith("$from ") -and ($key -like '* backed out, or did it never run?') -ne $isBackOut) { $found.Answer.Remove($key) } }
            } elseif ($entry.status -eq 'ANSWER') {
                $cut = $entry.text.IndexOf(' -> ')
                if ($cut -gt 0) { $found.Answer["$from $($entry.text.Substring(0, $cut))"] = $entry.text.Substring($cut + 4) }
            } elseif ($runs.ContainsKey($entry.run)) {
                $run = $runs[$entry.run]
                if ($entry.status -eq 'DONE') { $run.Done = $true }
                if ($entry.status -eq 'NOT SEEN') { $run.Question += $entry.text }
                if ($entry.status -eq 'ATTEMPT') { $run.Attempt = $true }
                if ($entry.status -eq 'END') { $run.Code = $entry.exitCode }
                # A refused run has left everything as the run before it did.
                if ($run.Code -eq 2 -and $null -ne $run.Former -and $entry.script -ne 'run.ps1') { $found.Run["$from $($entry.script)"] = $run.Former }
            }
        }
    }
    $found
}

# Returns the state of a script on a computer: none, done, backed out, interrupted or failed.
function Get-ScriptState {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Evidence, [string]$Computer, [string]$Script, [string]$Undo)
    $run, $back = $Evidence.Run["$Computer $Script"], $Evidence.Run["$Computer $Undo"]
    if ($null -eq $run) { return 'none' }
    if ($null -ne $back -and $back.At -gt $run.At -and $back.Code -ne 2) {
        if ($back.Code -eq 0 -and $back.Done) { return 'backed out' }
        return 'half backed out'
    }
    if ($null -eq $run.Code) { return 'interrupted' }
    if ($run.Code -eq 0 -and $run.Done) { 'done' } else { "failed with exit $($run.Code)" }
}

# Returns the items of the change in order, each with its name, its state, and whether this computer is where it runs.
function Get-RunItem {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Row, [hashtable]$Evidence)
    $scripts = 0
    $position = 0
    $last = $null
    foreach ($one in $Row) {
        $one.Position = $position++
        $base = @{ Row = $one; Host = ''; State = 'none'; Mine = $true; Open = @(); Question = ''; After = ''; Run = $null }
        if ($one.Kind -eq 'skipped') {
            $base.State, $base.Name = 'skipped', "step $($one.Order)"
            $base
            continue
        }
        # A step without a back-out of its own belongs to the computer of the step that takes it back: what is due is noted there.
        $maker = ''
        foreach ($other in $Row) { if ($one.BackOut -eq '' -and $one.Undo -ne '' -and $other.BackOut -eq $one.Undo) { $maker = $other.Script } }
        $former = ''
        foreach ($name in @(if ($one.Hosts.Count -gt 0) { $one.Hosts } else { '' })) {
            if ($one.Kind -eq 'manual') { break }
            # The servers of a change follow each other, each after a word from a person.
            if ($one.Kind -eq 'change' -and $former -ne '') { Get-QuestionItem -Base $base -Evidence $Evidence -Last $last -Computer $name -Text "Step $($one.Order) is done on $former. Does OWA work there, and may $name be next?" }
            $former = $name
            $last = $item = Get-ScriptItem -Base $base -Evidence $Evidence -Computer $name -Maker $maker
            $scripts += [int]$item.Here
            $item
        }
        if ($one.SignOff -ne '') { Get-QuestionItem -Base $base -Evidence $Evidence -Last $last -Text $one.SignOff }
    }
    if ($scripts -eq 0) { throw "no script of this change runs in this shell on $($script:Step.Host); open the management shell, or go to a computer of the run sheet" }
}

# Returns the item of a script: on the named computer, or on any that has the shell where no name is given.
function Get-ScriptItem {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$Base, [hashtable]$Evidence, [string]$Computer, [string]$Maker)
    $item, $one, $here = $Base.Clone(), $Base.Row, $script:Step.Host
    $item.Host, $item.Name = $Computer, "step $($one.Order) on $(if ($Computer -ne '') { $Computer } else { $one.Place })"
    $item.Here = $item.Mine = if ($Computer -ne '') { $Computer -eq $here } else { $null -ne (Get-Command -Name $one.Command -ErrorAction SilentlyContinue) }
    $from = ''
    $places = @($(if ($Computer -ne '') { $Computer } else { $here; $Evidence.Run.Keys | ForEach-Object { $_.Split(' ')[0] } }) | Select-Object -Unique)
    foreach ($place in $places) {
        $state = Get-ScriptState -Evidence $Evidence -Computer $place -Script $one.Script -Undo $one.Undo
        if ($state -ne 'none' -and @('none', 'backed out') -contains $item.State -or $state -eq 'done') { $item.State, $from = $state, $place }
    }
    # What another computer has begun is that computer's: the way back of it is there, and what it made due.
    $owner = if ($item.State -ne 'backed out') { $from } else { '' }
    foreach ($place in $places) {
        $made = $Evidence.Run["$place $Maker"]
        if ($owner -eq '' -and $null -ne $made -and $made.Attempt -and (Get-ScriptState -Evidence $Evidence -Computer $place -Script $Maker -Undo $one.Undo) -ne 'backed out') { $owner = $place }
    }
    if ($Computer -eq '' -and @('', $here) -notcontains $owner) { $item.Mine, $item.Host, $item.Name = $false, $owner, "step $($one.Order) on $owner" }
    $item.Run = $Evidence.Run["$from $($one.Script)"]
    if ($item.State -ne 'done' -and (Test-Answer -Evidence $Evidence -Question "Is $($item.Name) done?")) { $item.State = 'done' }
    # A question of a NOT SEEN line is open until somebody here has answered it with go.
    if ($item.Mine -and $item.State -eq 'done' -and $null -ne $Evidence.Run["$here $($one.Script)"]) {
        $item.Open = @($Evidence.Run["$here $($one.Script)"].Question | Where-Object { -not (Test-Go -Answer $Evidence.Answer["$here $_"]) })
        if ($item.Open.Count -gt 0) { $item.State = 'unanswered' }
    }
    $item
}

# Returns the item of a question to a person: on the named computer, or wherever it comes up.
function Get-QuestionItem {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$Base, [hashtable]$Evidence, [hashtable]$Last, [string]$Computer = '', [string]$Text)
    $item = $Base.Clone()
    # An answer is about the run before it, where that can be seen: when that script has run again, it is asked again.
    if ($null -ne $Last -and $null -ne $Last.Run) { $item.After = " (after the run $($Last.Run.Id))" }
    $item.Question, $item.Name, $item.Host = $Text, "the question `"$Text`"", $Computer
    $item.Mine = $Computer -eq '' -or $Computer -eq $script:Step.Host
    if (Test-Answer -Evidence $Evidence -Question $Text -After $item.After) { $item.State = 'done' }
    $item
}

# Tells whether a question was answered with yes, on whatever computer. -After: about which run.
function Test-Answer {
    [CmdletBinding()] [OutputType([bool])] param([hashtable]$Evidence, [string]$Question, [string]$After = '')
    foreach ($entry in $Evidence.Answer.GetEnumerator()) {
        if ($entry.Key.EndsWith(" $Question", 'Ordinal') -and ($entry.Value -eq "yes$After" -or ($After -eq '' -and $entry.Value -like 'yes (after the run *'))) { return $true }
    }
    $false
}

# Tells whether an answer to a go/no-go question is go, and perhaps what was seen.
function Test-Go {
    [CmdletBinding()] [OutputType([bool])] param([string]$Answer)
    $Answer -match '^go\b'
}

# Returns what this computer does next. Before are open items of other computers, Skipped what -Step leaves out.
function Get-RunTask {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Item, [int]$Order, [string[]]$Ran = @())
    $open = @($Item | Where-Object { @('done', 'skipped') -notcontains $_.State })
    $mine = @($open | Where-Object { $_.Mine })
    if ($Order -gt 0) {
        $scripts = @($Item | Where-Object { $_.Mine -and $_.Row.Order -eq $Order -and $_.Question -eq '' -and $_.State -ne 'skipped' })
        $mine = @($scripts | Where-Object { $open -contains $_ }) + $scripts
        if ($mine.Count -eq 0) { throw "step $Order has no script for this computer ($($script:Step.Host))" }
    }
    $task = @{ Item = $null; Before = $open; Skipped = @(); Name = '' }
    if ($mine.Count -eq 0) { return $task }
    $task.Item, $task.Script, $task.Name, $task.Changes = $mine[0], $mine[0].Row.Script, $mine[0].Name, ($mine[0].Row.Kind -eq 'change')
    if ($Ran -contains $task.Name -and $task.Item.State -ne 'unanswered') {
        $script:Step.Late = $true # exit 3: something ran
        throw "$($task.Name) ran, but its event lines do not show that it is done; see its WARNING lines and $(Get-EventPath)"
    }
    $at = [array]::IndexOf($Item, $mine[0])
    # The servers of a step that only reads need not wait for each other.
    $task.Before = @($open | Where-Object { [array]::IndexOf($Item, $_) -lt $at -and ($_.Row -ne $mine[0].Row -or $task.Changes) })
    if ($Order -gt 0) { $task.Skipped, $task.Before = $task.Before, @() }
    $task
}

# Returns what goes back next here: of the steps that left a before-state on this computer, the last. Before is what other computers
# take back first.
function Get-BackOutTask {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable[]]$Item, [hashtable]$Evidence, [int]$Order, [string[]]$Ran = @())
    # The last row first, and in a row the servers in the order in which they were changed.
    $changed = @($Item | Where-Object { $_.Row.BackOut -ne '' -and $_.Question -eq '' })
    $rows = @($changed | ForEach-Object { $_.Row.Position } | Sort-Object -Descending -Unique)
    $changed = @(foreach ($position in $rows) { $changed | Where-Object { $_.Row.Position -eq $position } })
    $mine = @(foreach ($one in $changed) {
            $stem = "$($one.Row.Order)-$($one.Row.Id)"
            if ($one.Mine -and $Ran -notcontains $one.Name -and ((Test-BeforeState -Stem $stem) -or (Test-OldBeforeState -Stem $stem))) { $one }
        })
    # What ran here without leaving a before-state in this folder has left it somewhere else.
    foreach ($one in $changed) {
        $run = $Evidence.Run["$($script:Step.Host) $($one.Row.Script)"]
        $changedHere = $one.Mine -and $null -ne $run -and ($run.Attempt -or ($run.Code -eq 0 -and $run.Done)) -and $one.State -ne 'backed out'
        if ($changedHere -and $mine -notcontains $one -and $Ran -notcontains $one.Name) {
            throw "step $($one.Row.Order) ran on this computer, but its before-state is not in $(Get-EvidencePath -Name "$($one.Row.Order)-$($one.Row.Id).before.json"); use the copy of the bundle and the -EvidencePath with which it ran"
        }
    }
    $chosen = @($mine | Where-Object { $Order -eq 0 -or $_.Row.Order -eq $Order })
    if ($Order -gt 0 -and $chosen.Count -eq 0) { throw "step $Order has left no before-state on this computer, so nothing of it can go back here" }
    $task = @{ Item = $null; Before = @(); Skipped = @(); Name = '' }
    if ($chosen.Count -eq 0) { return $task }
    $task.Item, $task.Script, $task.Name, $task.Changes = $chosen[0], $chosen[0].Row.BackOut, $chosen[0].Name, $true
    $later = @($changed | Select-Object -First ([array]::IndexOf($changed, $chosen[0])))
    # Where the computers share the folder, a step without any line did not run. Elsewhere any computer with the shell can have run it.
    $shared = Test-Share -Path $script:Step.Evidence
    $task.Before = @(foreach ($one in $later) {
            $elsewhere = -not $one.Mine -or ($one.Host -eq '' -and $mine -notcontains $one -and $Ran -notcontains $one.Name)
            $known = $one.State -eq 'backed out' -or ($shared -and $one.State -eq 'none') -or (Test-Answer -Evidence $Evidence -Question (Get-BackOutQuestion -Item $one))
            if ($elsewhere -and -not $known) { $one }
        })
    if ($Order -gt 0) { $task.Skipped, $task.Before = (@($task.Before) + @($mine | Where-Object { $later -contains $_ })), @() }
    $task
}

# Returns the question whether a step is in place no more, or never was.
function Get-BackOutQuestion {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Item)
    "Is $($Item.Name) backed out, or did it never run?"
}

# Shows the steps of this computer with their states.
function Format-RunItem {
    [CmdletBinding()] param([hashtable[]]$Item, [hashtable]$Task, [switch]$BackOut)
    $more = @{ interrupted = '; it has no end: run it again'; unanswered = '; its NOT SEEN lines need an answer'; 'backed out' = '; its back-out is done'; 'half backed out' = '; its back-out did not come to its end: run that again' }
    foreach ($one in @($Item | Where-Object { $_.Mine })) {
        $status, $text = $one.State.ToUpperInvariant(), "step $($one.Row.Order): $($one.Row.Title)$($more[$one.State])"
        if ($one.Question -ne '') { $text = $one.Question }
        if ($one.State -like 'failed*') { $status, $text = 'FAILED', "$text; it $($one.State): run it again, or go back" }
        if ($one.State -eq 'skipped') { $text = "$text; $($one.Row.Reason)" }
        if ($one.State -eq 'none') { $status = if ($one -ne $Task.Item) { 'LATER' } else { 'NEXT' } }
        if ($BackOut -and $one -eq $Task.Item) { $status, $text = 'NEXT', "back-out of $text" }
        if ($one -eq $Task.Item -and $Task.Before.Count -gt 0) { $status, $text = 'WAITS', "$text; for $(Get-NameList -Item $Task.Before)" }
        '{0,-13} {1}' -f $status, $text
    }
}

# Returns the names of items in one line, with what is known of them.
function Get-NameList {
    [CmdletBinding()] [OutputType([string])] param([hashtable[]]$Item)
    $names = @($Item | Select-Object -First 8 | ForEach-Object { $_.Name + $(if (@('none', 'done') -notcontains $_.State) { " ($($_.State))" }) })
    ($names -join ', ') + $(if ($Item.Count -gt 8) { " and $($Item.Count - 8) more" })
}

# Returns what a person types. A shell that cannot ask is refused: the single scripts are for a run without a person.
function Read-Answer {
    [CmdletBinding()] [OutputType([string])] param([string]$Prompt)
    # Read-Host would take the lines of a file for answers. The ISE has no console and asks in a window.
    if ($Host.Name -eq 'ConsoleHost' -and [Console]::IsInputRedirected) { throw 'the answers come from a file or a program, and run.ps1 has no unattended mode; run the single scripts of the run sheet instead' }
    try {
        "$(Read-Host -Prompt $Prompt)".Trim()
    } catch {
        throw "this shell cannot ask a question, and run.ps1 has no unattended mode ($($_.Exception.Message)); run the single scripts of the run sheet instead"
    }
}

# Asks, writes the answer down under each question, with the run that it comes after, and tells whether it is yes, or with -Go go.
function Confirm-Answer {
    [CmdletBinding()] [OutputType([bool])] param([string[]]$Question, [string]$Prompt, [string[]]$After = @($Question | ForEach-Object { '' }), [switch]$Go)
    $typed = Read-Answer -Prompt $Prompt
    for ($number = 0; $number -lt $Question.Count; $number++) { Write-Event -Status 'ANSWER' -Text "$($Question[$number]) -> $typed$($After[$number])" }
    Assert-Event
    if ($Go) { Test-Go -Answer $typed } else { $typed -eq 'yes' }
}

# Asks the questions of NOT SEEN lines. Anything but go stops.
function Confirm-Go {
    [CmdletBinding()] param([string[]]$Question)
    foreach ($one in $Question) {
        if (-not (Confirm-Answer -Question $one -Prompt "$one`nType go and what you saw, or anything else to stop" -Go)) { throw 'stopped by this answer; run the same line again when it is go' }
    }
}

# Asks what comes before a script. Returns run, again (the answers have changed what is next) or stop.
function Confirm-Task {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Task, [int]$Order, [switch]$BackOut)
    if ($null -eq $Task.Item) { return 'stop' }
    if ($Task.Before.Count -gt 0) {
        # A share tells what the other computers have done. Without one a person does.
        if (Test-Share -Path $script:Step.Evidence) { return 'stop' }
        $questions = @($Task.Before | ForEach-Object { if ($BackOut) { Get-BackOutQuestion -Item $_ } elseif ($_.Question -ne '') { $_.Question } else { "Is $($_.Name) done?" } })
        $after = @($Task.Before | ForEach-Object { if ($BackOut) { '' } else { $_.After } })
        if (Confirm-Answer -Question $questions -Prompt "$($questions -join "`n")`nType yes if that is so for each line" -After $after) { return 'again' }
        return 'stop'
    }
    if ($Task.Skipped.Count -gt 0) {
        $names = Get-NameList -Item $Task.Skipped
        if ((Read-Answer -Prompt "Step $Order is out of order. It leaves out $names. Type $Order to run it") -ne "$Order") { throw 'stopped by this answer; nothing was run' }
        Write-Event -Status 'OUT OF ORDER' -Text "step $Order without $names"
    }
    if ($BackOut) { return 'run' }
    if ($Task.Item.Question -ne '') {
        if (Confirm-Answer -Question $Task.Item.Question -Prompt "$($Task.Item.Question) Type yes" -After $Task.Item.After) { return 'again' }
        throw 'stopped by this answer; run the same line again when it is yes'
    }
    if ($Task.Item.State -ne 'unanswered') { return 'run' }
    Confirm-Go -Question $Task.Item.Open
    if ($Order -gt 0) { 'stop' } else { 'again' }
}

# Asks whether a script may run, the questions of its preview first, and notes that it starts. A preview changes and notes nothing.
# Returns run, or again where another computer has run it.
function Confirm-Start {
    [CmdletBinding()] [OutputType([string])] param([hashtable]$Task, [hashtable]$Evidence, [string[]]$Question = @(), [switch]$Preview)
    if ($Preview) { return 'run' }
    $answers = $Evidence.Answer
    Confirm-Go -Question @($Question | Where-Object { -not (Test-Go -Answer $answers["$($script:Step.Host) $_"]) })
    $elsewhere = $Task.Item.Host -eq '' -and $Task.Script -eq $Task.Item.Row.Script
    $typed = Read-Answer -Prompt "Run $($Task.Script) on this computer? Type yes$(if ($elsewhere) { ', or done if another computer has run it' })"
    if ($elsewhere -and $typed -eq 'done') {
        Write-Event -Status 'ANSWER' -Text "Is $($Task.Name) done? -> yes"
        return 'again'
    }
    Write-Event -Status 'ANSWER' -Text "Run $($Task.Script) on this computer? -> $typed"
    if ($typed -ne 'yes') { throw 'stopped by this answer; nothing was run' }
    Write-Event -Status 'STARTED' -Text $Task.Script
    Assert-Event
    'run'
}

# Holds the evidence folder: no other run.ps1 runs a script with it meanwhile. The system lets go when the process ends.
function Lock-Evidence {
    [CmdletBinding()] param([hashtable]$Evidence)
    $path = Join-Path -Path $script:Step.Evidence -ChildPath 'run.lock'
    try {
        $script:Step.Lock = [IO.File]::Create($path, 1, 'DeleteOnClose')
    } catch {
        $others = @($Evidence.Run.GetEnumerator() | Where-Object { $_.Key -like '* run.ps1' -and $null -eq $_.Value.Code -and $_.Key -ne "$($script:Step.Host) run.ps1" } | ForEach-Object { $_.Key.Split(' ')[0] })
        $who = if ($others.Count -gt 0) { " ($($others -join ', '))" } else { '' }
        throw "another run.ps1 works with this evidence folder$who, or nobody may write to it; wait until that run ends. If it was lost with its computer or its network, close the file run.lock on the file server ($($_.Exception.GetBaseException().Message))"
    }
}

# Ends run.ps1: what was reached, and where to go next.
function Complete-Run {
    [CmdletBinding()] param([hashtable]$Task, [hashtable]$Result, [int]$Order, [switch]$BackOut)
    # The path as it was typed; PowerShell takes the typographic quotes for quotes too.
    $path = if ($script:Step.Typed -ne '') { " -EvidencePath '" + ($script:Step.Typed -replace "['\u2018\u2019\u201A\u201B]", '$0$0') + "'" } else { '' }
    $start = ".\run.ps1 -ApprovedDigest `$d$path"
    $line = "$start$(if ($BackOut) { ' -BackOut' })"
    $script:Step.Code = $Result.Code
    if ($Result.Code -ne 0 -or -not $Result.Done) {
        if ($Result.Code -eq 0) { $script:Step.Code = 3 }
        $back = if ($BackOut) { '' } else { "; to go back instead: $start -BackOut" }
        Write-Line -Status 'STOPPED' -Text "$($Task.Script) ended with exit $($Result.Code)$(if (-not $Result.Done) { ' and without DONE' }). Do what its last lines say, then run the same line again$back"
    } elseif ($Order -gt 0) {
        Write-Line -Status 'NEXT' -Text "$start -List shows what is open"
    } elseif ($Task.Before.Count -gt 0) {
        $first = $Task.Before[0]
        $place = if ($first.Host -ne '') { $first.Host } elseif ($first.Question -ne '') { 'any computer of this change' } else { $first.Row.Place }
        Write-Line -Status 'NEXT' -Text "$(Get-NameList -Item $Task.Before). Go to ${place} and run there: $line"
    } elseif ($null -ne $Task.Item) {
        Write-Line -Status 'NEXT' -Text $line
    } elseif ($BackOut) {
        Write-Line -Status 'DONE' -Text 'nothing is left on this computer to go back from'
    } else {
        Write-Line -Status 'DONE' -Text 'every step of the change is done'
    }
    Close-EventLine
}

# ---- settings: the two keys of web.config, captured, written, restored ----------------------------------------

# Returns the path of OWA's web.config on this computer.
function Get-OwaWebConfig {
    [CmdletBinding()] param()
    Get-InstallPath -Child 'ClientAccess\Owa\web.config'
}

# Returns the two keys as step 70 writes them.
function Get-ImSetting {
    [CmdletBinding()] [OutputType([hashtable])] param([hashtable]$Server)
    @{ IMCertificateThumbprint = $Server.Thumbprint; IMServerName = $Server.Registrar }
}

# Checks that this computer has the settings that step 70 writes.
function Test-FinishedSetting {
    [CmdletBinding()] param([hashtable]$Server)
    Get-Check -Passed (Test-WebConfigSetting -Path (Get-OwaWebConfig) -Setting (Get-ImSetting -Server $Server)) -Subject 'web.config' -Good 'has both keys' -Bad 'lacks one of the two keys or has another value; run step 70 again'
}

# Checks before a renewal that web.config names the Lync pool already: a renewal changes the certificate only.
function Test-SettingBase {
    [CmdletBinding()] param([hashtable]$Server)
    $same = $false
    try {
        $same = Test-WebConfigSetting -Path (Get-OwaWebConfig) -Setting @{ IMServerName = $Server.Registrar }
    } catch {
        Write-Verbose -Message "unreadable, as another check says: $($_.Exception.Message)"
        return
    }
    Get-Check -Passed $same -Subject 'web.config' -Good "names the Lync pool $($Server.Registrar)" -Bad "does not name the Lync pool $($Server.Registrar), so there is nothing to renew; after a cumulative update run the change reapply, otherwise integrate"
}

# Checks before a removal that web.config names the Lync pool of the topology, or none: other keys are not of this integration.
function Test-SettingOwner {
    [CmdletBinding()] param([hashtable]$Server)
    $found = ''
    try {
        $found = [string](Read-WebConfig -Path (Get-OwaWebConfig)).Setting['IMServerName']
    } catch {
        Write-Verbose -Message "unreadable, as another check says: $($_.Exception.Message)"
        return
    }
    $own = $found -eq '' -or [string]::Equals($found, $Server.Registrar, [StringComparison]::OrdinalIgnoreCase)
    Get-Check -Passed $own -Subject 'web.config' -Good 'names no other Lync pool' -Bad "names the Lync pool '$found', not $($Server.Registrar), so its keys are not of this integration; find their owner, or correct registrar"
}

# Recycles the OWA application pool of this computer (P10).
function Invoke-PoolRecycle {
    [CmdletBinding()] param()
    $answer = & 'C:\Windows\System32\Inetsrv\Appcmd.exe' recycle apppool '/apppool.name:MSExchangeOWAAppPool'
    # The message is localised: the exit code and the state count.
    if ($LASTEXITCODE -ne 0) { throw "Appcmd.exe ended with ${LASTEXITCODE}: $answer" }
}

# Checks that OWA's web.config can be replaced and that the two keys can be edited in it.
function Test-WebConfigFile {
    [CmdletBinding()] param([string]$Path, [hashtable]$Setting)
    $reason = "$(Get-WebConfigObstacle -Path $Path)"
    try {
        if ($reason -eq '') { [void](Edit-WebConfig -Config (Read-WebConfig -Path $Path) -Setting $Setting) }
    } catch {
        $reason = $_.Exception.Message
    }
    Get-Check -Passed ($reason -eq '') -Subject 'web.config' -Good "$Path can be edited" -Bad $reason
}

# Returns Exchange's build on this computer. A cumulative update raises it and replaces web.config. A security update does not raise it
# (Microsoft's HealthChecker tells the two apart), so the bytes of the file are compared too.
function Get-ExchangeBuild {
    [CmdletBinding()] [OutputType([string])] param()
    [string](Get-ExchangeServer -Identity $script:Step.Host -ErrorAction Stop).AdminDisplayVersion
}

# Captures the two keys and the bytes of web.config before the first change on this computer, with the build and the hash of the file.
function Save-WebConfigState {
    [CmdletBinding()] param([string]$Path)
    $config = Read-WebConfig -Path $Path
    if (-not (Test-BeforeState)) { Save-Evidence -Name "$($script:Step.Stem).before.web.config" -Byte $config.Bytes }
    $state = @{ Build = Get-ExchangeBuild; Sha256 = Get-SealedHash -Path $Path }
    Save-BeforeState -State @{ 'web.config' = $config.Setting + $state }
}

# Returns the two keys as they were captured; $null stands for an absent key.
function Get-CapturedSetting {
    [CmdletBinding()] [OutputType([hashtable])] param()
    $was = (Read-BeforeState)['web.config']
    $setting = @{}
    foreach ($key in $script:WebConfigKey) {
        $value = $was.PSObject.Properties[$key].Value
        if ($null -ne $value -and $value -isnot [string]) { throw "the captured value of $key cannot be used; restore web.config by hand as the change record says" }
        $setting[$key] = $value
    }
    $setting
}

# Tells whether keys of web.config have these values; $null stands for an absent key.
function Test-WebConfigSetting {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path, [hashtable]$Setting)
    $found = (Read-WebConfig -Path $Path).Setting
    foreach ($key in $Setting.Keys) {
        if ($null -eq $found[$key] -and $null -eq $Setting[$key]) { continue }
        if ($null -eq $found[$key] -or $null -eq $Setting[$key]) { return $false }
        # -eq would overlook characters such as U+200E.
        if (-not [string]::Equals($found[$key], $Setting[$key], [StringComparison]::OrdinalIgnoreCase)) { return $false }
    }
    $true
}

# Writes the two keys, after noting what the file will be: a back-out restores the whole file only if it is still exactly that.
function Write-WebConfig {
    [CmdletBinding()] param([string]$Path, [hashtable]$Setting)
    $config = Read-WebConfig -Path $Path
    $bytes = Edit-WebConfig -Config $config -Setting $Setting
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    $after = Get-EvidencePath -Name "$($script:Step.Stem).after.web.config"
    if ((Get-SealedHash -Path $before) -eq (Get-SealedHash -Path $Path)) {
        Save-Evidence -Name "$($script:Step.Stem).after.web.config" -Byte $bytes
    } elseif (Test-Path -LiteralPath $after) {
        # Somebody, a cumulative update perhaps, has written the file since: the captured one is too old to come back.
        Remove-Item -LiteralPath $after
    }
    Save-WebConfig -Config $config -Byte $bytes
}

# Says why the captured file may not come back as a whole; nothing if it may. Evidence of lyncowa 0.1.0 has no build and no hash.
function Get-CapturedFileObstacle {
    [CmdletBinding()] [OutputType([string])] param([string]$Path)
    $was = (Read-BeforeState)['web.config']
    $build = [string](Get-PropertyValue -Subject $was -Name 'Build')
    $hash = [string](Get-PropertyValue -Subject $was -Name 'Sha256')
    $before, $after = @('before', 'after') | ForEach-Object { Get-EvidencePath -Name "$($script:Step.Stem).$_.web.config" }
    $now = Get-ExchangeBuild
    if (-not (Test-Path -LiteralPath $before -PathType Leaf) -or ($hash -ne '' -and $hash -ne (Get-SealedHash -Path $before))) {
        'the captured file is missing or is not the one that was captured'
    } elseif ($build -ne '' -and $build -ne $now) {
        "the captured file is of Exchange '$build', and this server now has '$now'"
    } elseif (-not (Test-Path -LiteralPath $after -PathType Leaf) -or (Get-SealedHash -Path $after) -ne (Get-SealedHash -Path $Path)) {
        'somebody else has changed web.config after this change'
    }
}

# Says whether the whole captured file comes back, or the two keys only, and why.
function Test-CapturedFile {
    [CmdletBinding()] param([string]$Path)
    $reason = "$(Get-CapturedFileObstacle -Path $Path)"
    Get-Check -Passed ($reason -eq '') -Advice -Subject 'captured web.config' -Good 'comes back as a whole' -Bad "$reason, so the back-out restores only the two keys"
}

# Brings web.config back: the captured bytes if nothing speaks against them, otherwise the two keys only.
function Restore-WebConfig {
    [CmdletBinding()] param([string]$Path, [hashtable]$Setting)
    $config = Read-WebConfig -Path $Path
    $whole = "$(Get-CapturedFileObstacle -Path $Path)" -eq ''
    $before = Get-EvidencePath -Name "$($script:Step.Stem).before.web.config"
    $bytes = if ($whole) { , [IO.File]::ReadAllBytes($before) } else { , (Edit-WebConfig -Config $config -Setting $Setting) }
    Save-WebConfig -Config $config -Byte $bytes
}

# ---- web.config: two keys changed, every other byte kept ------------------------------------------------------
# An XML reader tells where the two keys stand, the text is edited there, and one replacement
# puts the new file in place. An 8-bit file is held as Latin-1, a character a
# byte. Values are compared by [string]::Equals, because -eq and -ceq overlook characters such as U+200E.

$script:WebConfigKey = 'IMCertificateThumbprint', 'IMServerName'

# Says in one sentence why web.config cannot be replaced (missing, read-only, no right, in use); else nothing.
function Get-WebConfigObstacle {
    [CmdletBinding()] [OutputType([string])] param([string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
        "${Path}: not there. Run this on a server where OWA is installed."
    } elseif ([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReadOnly) {
        "${Path}: read-only. Find out why, clear the attribute and run again."
    } else {
        try { [IO.File]::Open($Path, 'Open', 'ReadWrite', 'None').Dispose() } catch {
            "${Path}: in use, or may not be written. $($_.Exception.GetBaseException().Message) " +
            'Close what holds it, or use an account that may write it, and run again.'
        }
    }
}

# Reads web.config and finds the two keys; refuses a file that cannot be edited safely. Returns Path, Bytes, Text (byte order
# mark included), Encoding, AppSettings (positions) and Setting, a hashtable with the present value of each key, $null for one
# that is absent.
function Read-WebConfig {
    [CmdletBinding()] [OutputType([pscustomobject])] param([string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
        throw "${Path}: not there. Run this on a server where OWA is installed."
    }
    try { $bytes = [IO.File]::ReadAllBytes($Path) } catch {
        throw ("${Path}: in use, or may not be read. $($_.Exception.GetBaseException().Message) " +
            'Close what holds it, or use an account that may read it, and run again.')
    }
    ConvertFrom-WebConfigByte -Path $Path -Byte $bytes
}

# Returns the bytes of web.config with each key in Setting at its value, or without it where the value is $null.
function Edit-WebConfig {
    [CmdletBinding()] [OutputType([byte[]], [array])] param([object]$Config, [Collections.IDictionary]$Setting)
    $asked = @($script:WebConfigKey | Where-Object { $Setting.Contains($_) })
    $added = @()
    $edits = @(foreach ($key in $asked) {
            $present = $Config.AppSettings.Element[$key]
            $wanted = $Setting[$key]
            if ($present -and $null -eq $wanted) {
                Get-WebConfigRemoval -Text $Config.Text -Element $present
            } elseif ($present -and -not [string]::Equals($present.Value, $wanted)) {
                [pscustomobject]@{ Start = $present.ValueStart; Length = $present.ValueLength
                    Text = ConvertTo-AttributeText -Value $wanted -Quote $present.Quote
                }
            } elseif (-not $present -and $null -ne $wanted) {
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

# Replaces web.config by the bytes in one move, if it is still what Read-WebConfig read.
function Save-WebConfig {
    [CmdletBinding()] param([object]$Config, [byte[]]$Byte)
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
        } finally { $stream.Dispose() }
        [IO.File]::Replace($temporary, $path, [NullString]::Value)
    } catch {
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

# Makes what Read-WebConfig returns from the bytes of a file.
function ConvertFrom-WebConfigByte {
    [CmdletBinding()] param([string]$Path, [byte[]]$Byte)
    $encoding = [Text.Encoding]::GetEncoding(28591)
    $mark = [BitConverter]::ToString($Byte, 0, [Math]::Min(2, $Byte.Length))
    if ('FF-FE', 'FE-FF' -contains $mark) {
        $encoding = New-Object -TypeName Text.UnicodeEncoding -ArgumentList ($mark -eq 'FE-FF'), $true, $true
    }
    try {
        $text = $encoding.GetString($Byte)
        $nodes = Get-WebConfigNode -Text $text
    } catch [Xml.XmlException], [ArgumentException] {
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

# Lists the nodes of an XML text with their offsets: Start, Inner (behind the start tag), Close (of the end tag), End. Path is
# made of the names; a <location> of another folder is told apart. Print holds all that a node says.
function Get-WebConfigNode {
    [CmdletBinding()] param([string]$Text)
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

# Finds configuration/appSettings and the two keys among the nodes; Rest is the print of all the others.
function Find-WebConfigKey {
    [CmdletBinding()] param([string]$Path, [string]$Text, [object[]]$Node)
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
        } elseif ($(if ($verb -eq 'remove') { $element[$item.Key] } else { $element.Values | Where-Object { $_ } })) {
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

# Tells where an <add> element and the text of its value stand.
function Get-WebConfigElement {
    [CmdletBinding()] param([string]$Place, [string]$Text, [object]$Node)
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

# The edit that takes an element out: with its whole line where it stands alone on it.
function Get-WebConfigRemoval {
    [CmdletBinding()] param([string]$Text, [object]$Element)
    $start, $end = $Element.Start, $Element.End
    $before = [regex]::Match($Text.Substring(0, $start), '(\r\n?|\n)[ \t]*\z', 'RightToLeft')
    $behind = [regex]::Match($Text.Substring($end), '\A[ \t]*(?=[\r\n])')
    if ($before.Success -and $behind.Success) { $start, $end = $before.Index, ($end + $behind.Length) }
    [pscustomobject]@{ Start = $start; Length = $end - $start; Text = '' }
}

# The edit that adds elements behind the last child of appSettings, each on a line of its own where the end tag is.
function Get-WebConfigInsertion {
    [CmdletBinding()] param([object]$Config, [string[]]$Line)
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

# Escapes a value for an XML attribute in the given quotes.
function ConvertTo-AttributeText {
    [CmdletBinding()] param([string]$Value, [string]$Quote)
    $entity = if ($Quote -eq '"') { '&quot;' } else { '&apos;' }
    $Value.Replace('&', '&amp;').Replace('<', '&lt;').Replace($Quote, $entity)
}

# Whether a file holds exactly these bytes.
function Test-FileContent {
    [CmdletBinding()] [OutputType([bool])] param([string]$Path, [byte[]]$Byte)
    [string]::Equals([Convert]::ToBase64String([IO.File]::ReadAllBytes($Path)), [Convert]::ToBase64String($Byte))
}
