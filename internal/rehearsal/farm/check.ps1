# What a script may call is decided before it runs, by the engine's own parser: a stand-in, a function of the
# bundle's own, a harmless command of the engine, or a script block that was handed over as a parameter.

function Find-Complaint {
    param($Request)
    $trees = @{}
    foreach ($file in $Request.files) {
        $tokens = $null
        $errors = $null
        $trees[$file] = [System.Management.Automation.Language.Parser]::ParseFile($file, [ref]$tokens, [ref]$errors)
        foreach ($problem in $errors) { New-Complaint $file $problem.Extent "does not parse: $($problem.Message)" }
    }
    $known = @{}
    foreach ($name in @($Request.allowed)) { $known[$name] = $true }
    foreach ($tree in $trees.Values) {
        foreach ($function in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true)) {
            $known[$function.Name] = $true
        }
    }
    $types = @{}
    foreach ($name in @($Request.types)) { $types[$name] = $true }
    foreach ($file in $Request.files) {
        Find-UnknownCommand $file $trees[$file] $known
        Find-UnknownType $file $trees[$file] $types
    }
}

function New-Complaint {
    param([string]$File, $Extent, [string]$Message)
    @{ file = $File; line = $Extent.StartLineNumber; message = $Message }
}

function Find-UnknownCommand {
    param([string]$File, $Tree, $Known)
    foreach ($command in $Tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
        $name = $command.GetCommandName()
        if ($null -eq $name) {
            if (-not (Test-ScriptBlockParameter $command)) {
                New-Complaint $File $command.Extent "calls a command that only a run could name: $($command.CommandElements[0].Extent.Text)"
            }
        } elseif (-not $Known.ContainsKey($name)) {
            New-Complaint $File $command.Extent "calls $name, for which the farm has no stand-in"
        }
    }
}

# True for "& $Change" inside a function that declares [scriptblock]$Change.
function Test-ScriptBlockParameter {
    param($Command)
    $element = $Command.CommandElements[0]
    if ($element -is [System.Management.Automation.Language.ScriptBlockExpressionAst]) { return $true }
    if ($element -isnot [System.Management.Automation.Language.VariableExpressionAst]) { return $false }
    for ($node = $Command.Parent; $null -ne $node; $node = $node.Parent) {
        if ($node -isnot [System.Management.Automation.Language.ScriptBlockAst] -or $null -eq $node.ParamBlock) { continue }
        foreach ($parameter in $node.ParamBlock.Parameters) {
            if ($parameter.Name.VariablePath.UserPath -eq $element.VariablePath.UserPath) {
                return $parameter.StaticType -eq [scriptblock]
            }
        }
    }
    $false
}

# A .NET class could learn facts of the host or change it behind the farm's back: only classes that cannot are let
# through, and of DateTime nothing that reads the clock.
function Find-UnknownType {
    param([string]$File, $Tree, $Types)
    $named = $Tree.FindAll({
            $args[0] -is [System.Management.Automation.Language.TypeExpressionAst] -or
            $args[0] -is [System.Management.Automation.Language.TypeConstraintAst] }, $true)
    foreach ($node in $named) {
        $name = $node.TypeName.FullName -replace '^System\.', '' -replace '\[\]$', ''
        if (-not $Types.ContainsKey($name)) { New-Complaint $File $node.Extent "uses the class $name, which the farm does not allow" }
    }
    foreach ($node in $Tree.FindAll({ $args[0] -is [System.Management.Automation.Language.MemberExpressionAst] }, $true)) {
        if ($node.Extent.Text -match '^\[(System\.)?DateTime\]::(Now|UtcNow|Today)$') {
            New-Complaint $File $node.Extent 'reads the clock past Get-Date'
        }
    }
    foreach ($command in $Tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
        if ($command.GetCommandName() -ne 'New-Object') { continue }
        $constants = @($command.CommandElements | Select-Object -Skip 1 |
                Where-Object { $_ -is [System.Management.Automation.Language.StringConstantExpressionAst] })
        $name = if ($constants.Count -gt 0) { $constants[0].Value -replace '^System\.', '' -replace '\[\]$', '' } else { '(computed)' }
        if (-not $Types.ContainsKey($name)) { New-Complaint $File $command.Extent "makes an object of $name, which the farm does not allow" }
    }
}
