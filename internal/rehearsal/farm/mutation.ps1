# Every mutation is announced to the driver, which may let it fail, and reported once it is done, so that the driver
# can keep the farm and the files as a power cut at that very moment would leave them.

$script:CommonParameter = @('Verbose', 'Debug', 'ErrorAction', 'WarningAction', 'InformationAction', 'ErrorVariable', 'WarningVariable',
    'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable', 'ProgressAction', 'WhatIf', 'Confirm')

# True when the caller is to go on and apply the mutation. $Identifies: the parameters that only name $Object.
function Start-Mutation {
    param($Cmdlet, [string]$Object, $Bound, [string[]]$Identifies)
    $name = $Cmdlet.MyInvocation.MyCommand.Name
    Stop-IfItAsks $Cmdlet $name $Object $Bound
    if (-not $Cmdlet.ShouldProcess($Object, $name)) { return $false }
    $parameters = @{}
    foreach ($key in @($Bound.Keys)) {
        if ($script:CommonParameter -notcontains $key -and $Identifies -notcontains $key) { $parameters[$key] = Format-Parameter $Bound[$key] }
    }
    if (Send-Attempt 'cmdlet' $name $Object $parameters) { return $true }
    Stop-Cmdlet $Cmdlet "$name failed on ${Object}: the rehearsal lets this change fail."
}

# A cmdlet that may ask hangs a script that nobody watches: here it fails the case. -Confirm:$false silences the question
# of ShouldProcess. -Force "suppresses any confirmation prompts" (the pages of New-, Set- and Remove-Cs*); whether
# -Confirm:$false alone silences the one about a computer without an account is not known, so -Force is wanted where a
# Lync cmdlet has it. Enable-CsTopology is the exception: there -Force hides errors (its page).
function Stop-IfItAsks {
    param($Cmdlet, [string]$Name, [string]$Object, $Bound)
    if ($script:Session.person) { return }
    $asks = @(
        if (-not $Bound.ContainsKey('Confirm') -or $Bound['Confirm']) { 'may ask for confirmation: it is called without -Confirm:$false' }
        $takesForce = $Name -like '*-Cs*' -and $Cmdlet.MyInvocation.MyCommand.Parameters.ContainsKey('Force')
        if ($Name -eq 'Enable-CsTopology') { if ($Bound['Force']) { 'hides errors: it is called with -Force' } }
        elseif ($takesForce -and -not $Bound['Force']) { 'may ask, about a computer without an account for one: it is called without -Force' }
    )
    if ($asks.Count -gt 0) { Stop-CarelessCall $Cmdlet "$Name $Object $($asks -join ' and ')" }
}

# Ends a call that no script may make, and fails the case whatever the script makes of it.
function Stop-CarelessCall {
    param($Cmdlet, [string]$Message)
    $place = Get-CallPlace
    [void](Send-Event @{ event = 'careless'; message = $Message; script = $place.script; line = $place.line })
    Stop-Cmdlet $Cmdlet $Message
}

# False when the driver wants the mutation to fail.
function Send-Attempt {
    param([string]$Kind, [string]$Name, [string]$Object, $Parameters)
    $place = Get-CallPlace
    $reply = Send-Event @{ event = 'attempt'; mutation = @{
            kind = $Kind; host = $script:Session.host; command = $Name; object = $Object; parameters = $Parameters
            script = $place.script; line = $place.line } }
    $reply.word -ne 'fail'
}

function Complete-Mutation {
    $message = @{ event = 'applied' }
    if ($script:Session.journal) { $message['farm'] = $script:Farm }
    [void](Send-Event $message)
}

# A file is written without the farm's help: web.config, or evidence. The next stand-in that is called notices.
function Send-FileChange {
    $stamp = Get-FileStamp
    if ($stamp -eq $script:Session.fileStamp) { return }
    $script:Session.fileStamp = $stamp
    $place = Get-CallPlace
    $message = @{ event = 'file'; script = $place.script; line = $place.line }
    if ($script:Session.journal) { $message['farm'] = $script:Farm }
    [void](Send-Event $message)
}

function Get-FileStamp {
    $files = @($script:Session.webConfig | Where-Object { $_ -and [IO.File]::Exists($_) })
    foreach ($folder in $script:Session.watched) { if ([IO.Directory]::Exists($folder)) { $files += [IO.Directory]::GetFiles($folder, '*', 'AllDirectories') } }
    @($files | ForEach-Object { $file = New-Object IO.FileInfo $_; '{0} {1} {2}' -f $_, $file.Length, $file.LastWriteTimeUtc.Ticks }) -join '|'
}

# The place in a script of the bundle that led here: the innermost frame that is no module. The far end of a session
# does not see it and takes what the near end has noted.
function Get-CallPlace {
    foreach ($frame in Get-PSCallStack) {
        if ([string]$frame.ScriptName -like '*.ps1' -and [string]$frame.ScriptName -like "$($script:Session.hostFolder)*") {
            return @{ script = $frame.ScriptName; line = $frame.ScriptLineNumber }
        }
    }
    $script:Session.place
}

# A parameter's value as text, the same however a script wrote it: $true, 'a', a list, @{Add='a'}.
function Format-Parameter {
    param($Value)
    if ($Value -is [System.Collections.IDictionary]) {
        return (@($Value.Keys | Sort-Object) | ForEach-Object { '{0}={1}' -f $_, (Format-Parameter $Value[$_]) }) -join ';'
    }
    if ($Value -is [System.Collections.IList]) { return (@($Value | ForEach-Object { Format-Parameter $_ }) -join ',') }
    if ($Value -is [switch]) { return [string]$Value.IsPresent }
    [string]$Value
}
