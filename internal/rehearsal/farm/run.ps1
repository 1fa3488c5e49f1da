# One script, or one command line, in a runspace of its own that holds nothing but the engine and the farm.

function Invoke-Run {
    param($Request, [string]$Folder)
    $held = Open-ForReading $Request.lock
    $exchange = if ($Request.session.mode -eq 'remoting') { Get-ExchangeSession $Request.standIns $Folder }
    $runspace = New-FarmRunspace $Request $Folder $exchange
    try {
        [AppDomain]::CurrentDomain.SetData('lyncowa.farm', @($Request.farm, $Request.session))
        foreach ($end in @($runspace) + @($exchange | ForEach-Object { $_.session.Runspace })) { [void](Invoke-In $end { Enter-Farm } @()) }
        if ($null -ne $exchange) { Connect-Proxy $runspace $exchange }
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        [void]$shell.AddScript($(if ($Request.script) { $script:CallScript } else { $script:CallCommand }))
        [void]$shell.AddArgument($(if ($Request.script) { $Request.script } else { $Request.command }))
        [void]$shell.AddArgument((ConvertTo-Argument $Request.arguments))
        if ($Request.whatIfPreference) { $runspace.SessionStateProxy.SetVariable('WhatIfPreference', $true) }
        $thrown = @()
        $output = @()
        try { $output = @($shell.Invoke()) } catch { $thrown = @(Get-RootError $_) }
        @{
            exit   = $(if ($thrown.Count -gt 0) { 1 } else { Get-ExitCode $runspace })
            output = @($output | Where-Object { $null -ne $_ } | ForEach-Object { [string]$_ })
            notes  = @(@($shell.Streams.Warning) + @($shell.Streams.Error) + $thrown | ForEach-Object { [string]$_ })
            errors = @(Get-ErrorPlace $runspace $thrown)
            called = @($script:Called)
            farm   = $Request.farm
        }
    } finally {
        $runspace.Dispose()
        if ($null -ne $held) { $held.Dispose() }
    }
}

# As "powershell -File" does: the exit code is the script's, 0 without "exit".
$script:CallScript = 'param($Path, $Arguments) $global:LASTEXITCODE = 0; & $Path @Arguments'
# As at the shell's prompt, where a person answers yes; an error stops the rehearsal.
$script:CallCommand = 'param($Text, $Arguments) $global:LASTEXITCODE = 0; $ErrorActionPreference = ''Stop''; $global:ConfirmPreference = ''None''; . ([scriptblock]::Create($Text))'

function New-FarmRunspace {
    param($Request, [string]$Folder, $Exchange)
    $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault()
    $variables = @{ PSModuleAutoLoadingPreference = 'None' }
    if ($Request.session.remote) { $variables['PSSenderInfo'] = 'a remote session' }
    foreach ($name in $variables.Keys) {
        $state.Variables.Add((New-Object System.Management.Automation.Runspaces.SessionStateVariableEntry $name, $variables[$name], ''))
    }
    foreach ($program in $Request.programs) {
        $state.Commands.Add((New-Object System.Management.Automation.Runspaces.SessionStateFunctionEntry $program, "Invoke-Program '$program' `$args"))
    }
    $standIns = if ($null -ne $Exchange) { $Exchange.module } else { Join-Path $Folder $Request.standIns }
    $state.ImportPSModule([string[]]@((Join-Path $Folder 'farm.psm1'), $standIns))
    $runspace = [System.Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace($state)
    $runspace.Open()
    if ($Request.session.oldWindows) { [void](Invoke-In $runspace { Remove-Item -LiteralPath Function:\Test-NetConnection } @()) }
    $script:Called.Clear()
    [void](Invoke-In $runspace { param($Called) $ExecutionContext.InvokeCommand.PreCommandLookupAction = { param($Name, $Found) [void]$Called.Add($Name) }.GetNewClosure() } (, $script:Called))
    $runspace
}

# The names of the commands that a run called: functions of the bundle's module that no case calls are not rehearsed.
$script:Called = New-Object 'System.Collections.Generic.HashSet[string]'

function Invoke-In {
    param($Runspace, [scriptblock]$Block, [object[]]$Arguments)
    $shell = [powershell]::Create()
    try {
        $shell.Runspace = $Runspace
        [void]$shell.AddScript($Block.ToString())
        foreach ($argument in $Arguments) { [void]$shell.AddArgument($argument) }
        $shell.Invoke()
        if ($shell.HadErrors -and $shell.Streams.Error.Count -gt 0) { throw "$($shell.Streams.Error[0])" }
    } finally {
        $shell.Dispose()
    }
}

function ConvertTo-Argument {
    param($Arguments)
    $table = @{}
    if ($null -ne $Arguments) { foreach ($property in $Arguments.PSObject.Properties) { $table[$property.Name] = $property.Value } }
    $table
}

function Get-ExitCode {
    param($Runspace)
    $code = $Runspace.SessionStateProxy.GetVariable('LASTEXITCODE')
    if ($null -eq $code) { 0 } else { [int]$code }
}

# Invoke wraps what the script threw; the wrapped record knows the place.
function Get-RootError {
    param($Record)
    $inner = $Record.Exception.InnerException
    if ($null -ne $inner -and $null -ne $inner.PSObject.Properties['ErrorRecord'] -and $null -ne $inner.ErrorRecord) { return $inner.ErrorRecord }
    $Record
}

# Where things went wrong, first error first; $Error also holds what a script caught and perhaps swallowed.
function Get-ErrorPlace {
    param($Runspace, $Thrown)
    $records = @($Thrown) + @($Runspace.SessionStateProxy.GetVariable('Error') | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
    [array]::Reverse($records)
    foreach ($record in $records) {
        $trace = [string]$record.ScriptStackTrace
        @{ message = [string]$record; trace = $trace }
    }
}

# Holds a file open the way a program does that reads it and lets others read: the mildest hold. $null when there is none to hold.
function Open-ForReading {
    param([string]$Path)
    if ($Path) { [IO.File]::Open($Path, 'Open', 'Read', 'Read') }
}
