Get-CsPool -Identity (Get-CsSite }
