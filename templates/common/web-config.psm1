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
