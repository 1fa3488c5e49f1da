# The access lists of a host's folders, by icacls.exe, and its drives. No access list is enforced here: the rehearsal
# shows only that a script sets one, reads it back and stops where it is not as it should be.

$script:AccountName = @{ 'S-1-5-18' = 'NT AUTHORITY\SYSTEM'; 'S-1-5-32-544' = 'BUILTIN\Administrators'; 'S-1-5-32-545' = 'BUILTIN\Users' }

# What a new folder below C:\ inherits.
$script:Inherited = @('S-1-5-18', 'F'), @('S-1-5-32-544', 'F'), @('S-1-5-32-545', 'RX')

# icacls NAME [/save FILE] [/inheritance:e|d|r] [/grant[:r] SID:PERM ...] [/remove[:g] SID ...] [/reset] [/T] [/C] [/L] [/Q]
function Invoke-Icacls {
    param([object[]]$Arguments)
    $path, $words = @($Arguments | ForEach-Object { [string]$_ })
    if (-not [IO.Directory]::Exists($path) -and -not [IO.File]::Exists($path)) { return Complete-Icacls 2 "${path}: The system cannot find the file specified." }
    $words = @($words | Where-Object { $_ -and @('/T', '/C', '/L', '/Q') -notcontains $_ })
    if ($words.Count -eq 0) { return Complete-Icacls 0 (Format-AccessList $path) }
    if ($words[0] -eq '/save') {
        $text = "{0}`r`n{1}`r`n" -f (Split-Path -Leaf $path), (Format-Descriptor $path)
        [IO.File]::WriteAllBytes($words[1], [Text.Encoding]::Unicode.GetBytes($text))
        return Complete-Icacls 0 "processed file: $path"
    }
    if ((Get-Machine).access.denied) { return Complete-Icacls 5 "${path}: Access is denied." }
    $list = Get-AccessList $path
    $option = ''
    foreach ($word in $words) {
        if ($word -like '/*') { $option = $word }
        switch -Regex ($word) {
            '^/inheritance:r$' { $list.inherits = $false; break }
            '^/inheritance:e$' { $list.inherits = $true; break }
            '^/inheritance:d$' { $list.entries = @($list.entries) + @(Get-InheritedEntry $path); $list.inherits = $false; break }
            '^/reset$' { $list.inherits = $true; $list.entries = @(); break }
            '^/(grant(:r)?|remove(:g)?)$' { break }
            '^/' { return Complete-Icacls 87 "Invalid parameter `"$word`"" }
            default { if (-not (Edit-AccessList $list $option $word)) { return Complete-Icacls 1332 "$($word): No mapping between account names and security IDs was done." } }
        }
    }
    $machine = Get-Machine
    $machine.access.lists = @(@($machine.access.lists | Where-Object { $_.path -ne $list.path }) + @($list))
    Complete-Icacls 0 "processed file: $path"
}

# Applies SID:PERM of /grant, or SID of /remove; $false for an account that does not exist.
function Edit-AccessList {
    param($List, [string]$Option, [string]$Word)
    $account, $right = $Word, ''
    if ($Option -like '/grant*') { $account, $right = $Word -split ':', 2 }
    $sid = Resolve-Account $account
    if (-not $sid) { return $false }
    if ($Option -ne '/grant') { $List.entries = @($List.entries | Where-Object { $_.sid -ne $sid }) }
    if ($right) { $List.entries = @($List.entries) + @(New-Object PSObject -Property @{ sid = $sid; right = $right -replace '\(?(\w+)\)?$', '($1)' }) }
    $true
}

# The SID of *SID or NAME.
function Resolve-Account {
    param([string]$Account)
    if ($Account -match '^\*(S-1-[\d-]+)$') { return $Matches[1] }
    foreach ($sid in $script:AccountName.Keys) { if ($script:AccountName[$sid] -eq $Account) { return $sid } }
    $person = (Get-Machine).account
    if ($Account -eq $person.name) { $person.sid }
}

# The list of a path as it is, or as it is until somebody sets one. Entries of folders above are not passed on.
function Get-AccessList {
    param([string]$Path)
    $name = $Path.Replace('\', '/').TrimEnd('/').Replace($script:Session.hostFolder.Replace('\', '/'), '')
    $list = Find-Object (Get-Machine).access.lists 'path' $name
    if ($null -eq $list) { $list = New-Object PSObject -Property @{ path = $name; inherits = $true; entries = @() } }
    $list
}

function Get-InheritedEntry {
    foreach ($pair in $script:Inherited) { New-Object PSObject -Property @{ sid = $pair[0]; right = "(OI)(CI)($($pair[1]))" } }
}

# The entries in force, those that nobody can take away too: sid, right, and the mark of an inherited one.
function Get-EntryInForce {
    param([string]$Path)
    $list = Get-AccessList $Path
    foreach ($entry in @($list.entries) + @((Get-Machine).access.lasting)) { New-Object PSObject -Property @{ sid = $entry.sid; right = $entry.right; mark = '' } }
    if ($list.inherits) { Get-InheritedEntry | ForEach-Object { New-Object PSObject -Property @{ sid = $_.sid; right = $_.right; mark = '(I)' } } }
}

# As icacls prints it: the path, then an entry a line, in line with the first.
function Format-AccessList {
    param([string]$Path)
    $entries = @(Get-EntryInForce $Path | ForEach-Object { "$(Get-AccountName $_.sid):$($_.mark)$($_.right)" })
    $lead = $Path
    foreach ($entry in $entries) { "$lead $entry"; $lead = ' ' * $Path.Length }
}

# As icacls saves it, in the language of security descriptors: D:PAI(A;OICI;FA;;;SY)...
function Format-Descriptor {
    param([string]$Path)
    $entries = @(Get-EntryInForce $Path | ForEach-Object {
            $parts = @([regex]::Matches($_.right, '\w+') | ForEach-Object { $_.Value })
            $sid = if ($script:SidShort.ContainsKey($_.sid)) { $script:SidShort[$_.sid] } else { $_.sid }
            '(A;{0}{1};{2};;;{3})' -f (-join @($parts | Select-Object -SkipLast 1)), $(if ($_.mark) { 'ID' }), $script:RightShort[$parts[-1]], $sid })
    'D:{0}{1}' -f $(if ((Get-AccessList $Path).inherits) { 'AI' } else { 'PAI' }), (-join $entries)
}

$script:SidShort = @{ 'S-1-5-18' = 'SY'; 'S-1-5-32-544' = 'BA'; 'S-1-5-32-545' = 'BU' }
$script:RightShort = @{ F = 'FA'; M = '0x1301bf'; RX = '0x1200a9'; R = 'FR' }

function Get-AccountName {
    param([string]$Sid)
    if ($script:AccountName.ContainsKey($Sid)) { return $script:AccountName[$Sid] }
    $person = (Get-Machine).account
    if ($Sid -eq $person.sid) { return $person.name }
    $Sid
}

function Complete-Icacls {
    param([int]$Code, [string[]]$Lines)
    $global:LASTEXITCODE = $Code
    $Lines
    if ($Code -eq 87) { return }
    ''
    'Successfully processed {0} files; Failed processing {1} files' -f [int]($Code -eq 0), [int]($Code -ne 0)
}

# The drives: the host's own disk, and the one that shows the share.
function Get-PSDrive {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [string[]]$Name, [string[]]$PSProvider)
    foreach ($drive in $script:Session.drives) {
        if (-not $Name -or $Name -contains $drive.name) {
            New-Object PSObject -Property @{ Name = $drive.name; Root = $drive.root; DisplayRoot = $(if ($drive.share) { $drive.share }); Provider = 'FileSystem' }
        }
    }
}
