$name = 'a.b
Get-CsPool -Identity $name
