# Prints, as JSON, what PowerShell's own parser finds in the scripts of a JSON file: a map from name to text.
# TestAgainstEngine compares it with what the reader of this package finds.
param([string]$Path)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

function Format-Element($Element) {
    if ($Element -is [System.Management.Automation.Language.CommandParameterAst]) {
        $text = '-' + $Element.ParameterName
        if ($null -ne $Element.Argument) { $text += ':' + $Element.Argument.Extent.Text }
        return $text
    }
    if ($Element -is [System.Management.Automation.Language.VariableExpressionAst] -and $Element.Splatted) {
        return '@' + $Element.VariablePath.UserPath
    }
    return '<' + $Element.Extent.Text + '>'
}

function Read-Command($Command) {
    $name = $Command.GetCommandName()
    if ($null -eq $name) { $name = $Command.CommandElements[0].Extent.Text }
    $parent = $Command.Parent
    [ordered]@{
        offset = $Command.Extent.StartOffset
        operator = @{ Unknown = ''; Ampersand = '&'; Dot = '.' }["$($Command.InvocationOperator)"]
        name = $name
        elements = @($Command.CommandElements | Select-Object -Skip 1 | ForEach-Object { Format-Element $_ })
        piped = ($parent -is [System.Management.Automation.Language.PipelineAst] -and $parent.PipelineElements[0] -ne $Command)
    }
}

$texts = [IO.File]::ReadAllText($Path) | ConvertFrom-Json
$found = [ordered]@{}
foreach ($text in $texts.PSObject.Properties) {
    $tokens = $null
    $errors = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseInput($text.Value, [ref]$tokens, [ref]$errors)
    $commands = $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
    $functions = $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $true)
    $found[$text.Name] = [ordered]@{
        errors = @($errors | ForEach-Object { "$($_.Extent.StartLineNumber):$($_.Extent.StartColumnNumber) $($_.Message)" })
        commands = @($commands | ForEach-Object { Read-Command $_ } | Sort-Object { $_.offset })
        functions = @($functions | ForEach-Object { $_.Name } | Sort-Object)
    }
}
$found | ConvertTo-Json -Depth 8 -Compress
