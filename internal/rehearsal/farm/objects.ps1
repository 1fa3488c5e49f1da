# How Exchange's objects are made and how they arrive in the Exchange Management Shell, which is implicit remoting. The
# type names, the kinds of the properties and their texts are those that Microsoft's support tool recorded on real
# servers (microsoft/CSS-Exchange, HealthChecker); ../testdata/shapes.txt holds them, and a test compares.

# An object with a text of its own, which goes through the serialiser as it does in reality.
function New-ExchangeObject {
    param([string]$Type, [string]$Text, [System.Collections.IDictionary]$Property = @{})
    $object = New-Object PSObject ([Activator]::CreateInstance([AppDomain]::CurrentDomain.GetData('lyncowa.types')['text'], @($Text)))
    foreach ($name in $Property.Keys) { $object.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty $name, $Property[$name])) }
    $object.PSObject.TypeNames.Clear()
    foreach ($name in "Microsoft.Exchange.$Type", 'System.Object') { $object.PSObject.TypeNames.Add($name) }
    $object
}

function New-DirectoryId {
    param([string]$Name)
    if ($Name -ne '') { New-ExchangeObject 'Data.Directory.ADObjectId' $Name @{ Name = $Name; DistinguishedName = "CN=$Name,CN=Farm,DC=farm,DC=example" } }
}

function New-Version {
    param([string]$Text)
    [void]($Text -match '(\d+)\.(\d+) \(Build (\d+)\.(\d+)\)')
    New-ExchangeObject 'Data.ServerVersion' $Text @{ Major = [int]$Matches[1]; Minor = [int]$Matches[2]; Build = [int]$Matches[3]; Revision = [int]$Matches[4] }
}

# The value of an enumeration: a number with a name. Received, it prints the number inside a string and the name with
# [string], which is true of a recorded object too.
function New-EnumerationValue {
    param([string]$Type, [string]$Name)
    [Enum]::Parse([AppDomain]::CurrentDomain.GetData('lyncowa.types')[$Type], $Name)
}

# An object as it comes out of the serialiser, without a session.
function ConvertTo-Received {
    param($Object)
    if (-not (Test-ExchangeType $Object 'Microsoft.Exchange.*')) { return $Object }
    $received = ConvertFrom-Serial (ConvertTo-Serial $Object)
    foreach ($name in 'PSComputerName', 'RunspaceId', 'PSShowComputerName') {
        $value = @{ PSComputerName = $script:Session.server; RunspaceId = [guid]'5c0b3e7e-9a54-4f0e-8b62-0d5a3f1c7e21'; PSShowComputerName = $false }[$name]
        $received.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty $name, $value))
    }
    Restore-Received $received
}

function ConvertTo-Serial { param($Object) [System.Management.Automation.PSSerializer]::Serialize($Object, 1) }
function ConvertFrom-Serial { param([string]$Text) [System.Management.Automation.PSSerializer]::Deserialize($Text) }

function Test-ExchangeType {
    param($Object, [string]$Pattern)
    $null -ne $Object -and $Object.PSObject.TypeNames.Count -gt 0 -and $Object.PSObject.TypeNames[0] -like $Pattern
}

# What the Exchange Management Shell does with an object that arrives: where Exchange's types are loaded, it is made
# whole again (rehydrated). In a session that was imported by hand they are not; then an object is what the serialiser
# left of it, of a certificate its raw data.
function Restore-Received {
    param($Object)
    if (-not (Test-ExchangeType $Object 'Deserialized.Microsoft.Exchange.*')) { return $Object }
    $whole = $Object
    $data = $Object.PSObject.Properties['SerializationData']
    if ($null -ne $data -and -not $script:Session.degraded) {
        $whole = ConvertFrom-Serial ([Text.Encoding]::UTF8.GetString($data.Value))
        foreach ($name in 'PSComputerName', 'RunspaceId', 'PSShowComputerName') { $whole.PSObject.Properties.Add((New-Object System.Management.Automation.PSNoteProperty $name, $Object.$name)) }
    }
    $whole.PSComputerName = $script:Session.server
    if (-not $script:Session.degraded) {
        $names = @($whole.PSObject.TypeNames) -replace '^Deserialized\.', ''
        $whole.PSObject.TypeNames.Clear()
        foreach ($name in $names) { $whole.PSObject.TypeNames.Add($name) }
    }
    $whole
}

# What the proxies of the imported session call in place of Invoke-Command. It notes which line of a script is at work,
# which the other end of the session cannot see.
function Invoke-Remotely {
    $script:Session.place = Get-CallPlace
    if ($MyInvocation.ExpectingInput) { $input | Invoke-Command @args | ForEach-Object { Restore-Received $_ } } else { Invoke-Command @args | ForEach-Object { Restore-Received $_ } }
}
