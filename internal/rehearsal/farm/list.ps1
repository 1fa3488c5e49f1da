# What a script is made of, by the engine's own parser: what is wrong with its text, the functions that it defines,
# the commands that it calls and the classes that it names. Nothing is judged here: check.go does that.
# Where there is no engine, .ci/syntax/list.mjs makes the same list.

function Get-ScriptList {
    param([string]$File)
    $tokens = $null
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($File, [ref]$tokens, [ref]$errors)
    $list = @{ problems = @(); functions = @(); commands = @(); classes = @() }
    foreach ($fault in $errors) { $list.problems += New-Entry $fault @{ message = "does not parse: $($fault.Message)" } }
    foreach ($node in $tree.FindAll({ $true }, $true)) {
        switch ($node.GetType().Name) {
            'CommandAst' { $list.commands += Get-CommandEntry $node }
            'FunctionDefinitionAst' { $list.functions += Get-FunctionEntry $node }
            'TypeExpressionAst' { $list.classes += Get-ClassEntry $node }
            'TypeConstraintAst' { $list.classes += Get-ClassEntry $node }
            # A newer engine parses what Windows PowerShell 3.0 does not.
            'BinaryExpressionAst' { if ("$($node.Operator)" -eq 'QuestionQuestion') { $list.problems += New-NewerSyntax $node } }
            'AssignmentStatementAst' { if ("$($node.Operator)" -eq 'QuestionQuestionEquals') { $list.problems += New-NewerSyntax $node } }
            'PipelineChainAst' { $list.problems += New-NewerSyntax $node }
            'TernaryExpressionAst' { $list.problems += New-NewerSyntax $node }
            'TypeDefinitionAst' { $list.problems += New-NewerSyntax $node }
            'UsingStatementAst' { $list.problems += New-NewerSyntax $node }
            'ConfigurationDefinitionAst' { $list.problems += New-NewerSyntax $node }
        }
    }
    $list
}

function New-Entry {
    param($Node, [hashtable]$Entry)
    $Entry.line = $Node.Extent.StartLineNumber
    $Entry.column = $Node.Extent.StartColumnNumber
    $Entry
}

function New-NewerSyntax {
    param($Node)
    New-Entry $Node @{ message = 'does not parse in Windows PowerShell 3.0' }
}

function Get-FunctionEntry {
    param($Function)
    $block = $Function.Body.ParamBlock
    $parameters = @($(if ($null -ne $block) { $block.Parameters } else { $Function.Parameters }) | Where-Object { $null -ne $_ })
    $binding = @(if ($null -ne $block) { $block.Attributes | Where-Object { $_.TypeName.FullName -eq 'CmdletBinding' } })
    $marks = @($parameters | ForEach-Object { $_.Attributes } | Where-Object { $_.TypeName.FullName -eq 'Parameter' })
    @{
        name          = $Function.Name -replace '^(global|script|local|private):', ''
        advanced      = $binding.Count + $marks.Count -gt 0
        shouldProcess = Test-Argument $binding 'SupportsShouldProcess'
        parameters    = @($parameters | ForEach-Object { Get-ParameterEntry $_ })
    }
}

function Get-ParameterEntry {
    param($Parameter)
    $marks = @($Parameter.Attributes | Where-Object { $_.TypeName.FullName -eq 'Parameter' })
    @{
        name     = $Parameter.Name.VariablePath.UserPath
        switch   = $Parameter.StaticType -eq [switch]
        required = Test-Argument $marks 'Mandatory'
        pipeline = $(if (Test-Argument $marks 'ValueFromPipeline(ByPropertyName)?') { 'True' } else { '' })
        aliases  = @($Parameter.Attributes | Where-Object { $_.TypeName.FullName -eq 'Alias' } |
                ForEach-Object { $_.PositionalArguments } | ForEach-Object { $_.Value })
    }
}

# True for [Parameter(Mandatory)] and [Parameter(Mandatory = $true)].
function Test-Argument {
    param($Attributes, [string]$Name)
    @($Attributes | ForEach-Object { $_.NamedArguments } | Where-Object {
            $_.ArgumentName -match "^$Name$" -and ($_.ExpressionOmitted -or $_.Argument.Extent.Text -ne '$false') }).Count -gt 0
}

function Get-CommandEntry {
    param($Command)
    $first = $Command.CommandElements[0]
    $name = $Command.GetCommandName()
    $block = $first -is [System.Management.Automation.Language.ScriptBlockExpressionAst]
    New-Entry $Command @{
        kind     = $(if ($null -ne $name) { 'named' } elseif ($block -or (Test-ScriptBlockParameter $first)) { 'block' } else { 'dynamic' })
        name     = $(if ($null -ne $name) { $name } elseif ($block) { '' } else { $first.Extent.Text })
        piped    = $Command.Parent -is [System.Management.Automation.Language.PipelineAst] -and $Command.Parent.PipelineElements[0] -ne $Command
        elements = @($Command.CommandElements | Select-Object -Skip 1 | ForEach-Object { Get-ElementEntry $_ })
    }
}

function Get-ElementEntry {
    param($Element)
    if ($Element -is [System.Management.Automation.Language.CommandParameterAst]) {
        return @{ kind = 'parameter'; name = $Element.ParameterName; attached = $null -ne $Element.Argument; value = Get-Constant $Element.Argument }
    }
    if ($Element -is [System.Management.Automation.Language.VariableExpressionAst] -and $Element.Splatted) {
        return @{ kind = 'splat'; name = $Element.VariablePath.UserPath }
    }
    @{ kind = 'argument'; value = Get-Constant $Element }
}

# The text of a constant; $null for what only a run can tell.
function Get-Constant {
    param($Node)
    if ($Node -is [System.Management.Automation.Language.StringConstantExpressionAst]) { return $Node.Value }
    if ($Node -is [System.Management.Automation.Language.ConstantExpressionAst]) { return $Node.Extent.Text }
    $null
}

# True for the $Change of "& $Change" inside a function that declares [scriptblock]$Change.
function Test-ScriptBlockParameter {
    param($Element)
    if ($Element -isnot [System.Management.Automation.Language.VariableExpressionAst]) { return $false }
    for ($node = $Element.Parent; $null -ne $node; $node = $node.Parent) {
        if ($node -isnot [System.Management.Automation.Language.ScriptBlockAst] -or $null -eq $node.ParamBlock) { continue }
        foreach ($parameter in $node.ParamBlock.Parameters) {
            if ($parameter.Name.VariablePath.UserPath -eq $Element.VariablePath.UserPath) { return $parameter.StaticType -eq [scriptblock] }
        }
    }
    $false
}

# A class, and the member of it that is read or called: [DateTime]::Now.
function Get-ClassEntry {
    param($Node)
    $parent = $Node.Parent
    $static = $parent -is [System.Management.Automation.Language.MemberExpressionAst] -and $parent.Static -and $parent.Expression -eq $Node
    New-Entry $Node @{ name = $Node.TypeName.FullName; member = $(if ($static) { $parent.Member.Extent.Text } else { '' }) }
}
