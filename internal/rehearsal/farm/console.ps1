# The person at the console: the driver answers each question, or closes the window there.

function Read-Host {
    [CmdletBinding()]
    param([Parameter(Position = 0)] [object]$Prompt)
    Send-FileChange
    $place = Get-CallPlace
    $reply = Send-Event @{ event = 'question'; message = [string]$Prompt; script = $place.script; line = $place.line; farm = $script:Farm }
    if ($reply.word -eq 'closed') { Stop-Cmdlet $PSCmdlet 'The window was closed.' }
    # What people did before the answer: the object stays the same, because both ends of a session hold it.
    foreach ($property in $reply.farm.PSObject.Properties) { $script:Farm.$($property.Name) = $property.Value }
    $script:Session.fileStamp = Get-FileStamp
    $reply.answer
}
