# One message a line: base64 of UTF-8 JSON.
function ConvertFrom-Wire {
    param([string]$Line)
    [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Line)) | ConvertFrom-Json
}

function Write-Wire {
    param($Message)
    $json = ConvertTo-Json -InputObject $Message -Depth 20 -Compress
    [Console]::Out.WriteLine([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($json)))
    [Console]::Out.Flush()
}

# Tells the driver what is about to happen or has happened, and waits for its word.
function Send-Event {
    param($Message)
    Write-Wire $Message
    ConvertFrom-Wire ([Console]::In.ReadLine())
}
