// What a file must not be. Written for this archive; each rule says what it sees and what it does not.
// Given from outside: `first` (this is the file's beginning), `detected` (its type by content), `claimed` (its sender's
// word for it, or empty), `name` (inside an archive: its name in lowercase, or empty).
// A file is scanned in windows, so a condition may only ever become true by what is there, never by what is not.

rule eicar_test_file {
  meta:
    id = "FC-0001"
    version = 1
    description = "The EICAR test file, which every scanner must find"
    reference = "https://www.eicar.org/download-anti-malware-testfile/"
  strings:
    $test = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
  condition:
    $test
}

rule program_posing_as_a_document {
  meta:
    id = "FC-0002"
    version = 1
    description = "A Windows, Linux or Android program that was announced, or is named, as a document, picture or sound"
    reference = "MITRE ATT&CK T1036.008, Masquerade File Type"
  condition:
    first and
    (detected == "application/vnd.microsoft.portable-executable" or detected == "application/x-elf" or
     detected == "application/x-dex") and
    (claimed matches /^(image|audio|video|text)\// or
     claimed matches /^application\/(pdf|msword|rtf|zip|json|vnd\.(ms-|openxmlformats))/ or
     name matches /\.(pdf|docx?|xlsx?|pptx?|rtf|txt|csv|jpe?g|png|gif|bmp|webp|mp3|mp4|amr|wav)$/)
}

rule program_behind_a_double_extension {
  meta:
    id = "FC-0003"
    version = 1
    description = "A file in an archive whose name ends like a document and then like something that runs"
    reference = "MITRE ATT&CK T1036.007, Double File Extension"
  condition:
    first and
    name matches /\.(pdf|docx?|xlsx?|pptx?|rtf|txt|csv|jpe?g|png|gif|mp3|mp4)[ ._]*\.(exe|scr|com|pif|bat|cmd|js|jse|vbs|vbe|wsf|hta|lnk|ps1|msi|iso|img|vhdx?|jar|apk)$/
}

rule windows_shortcut {
  meta:
    id = "FC-0004"
    version = 1
    description = "A Windows shortcut that starts a command interpreter"
    reference = "MS-SHLLINK 2.1; MITRE ATT&CK T1204.002"
  strings:
    $shell = /(cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32)\.exe/ nocase ascii wide
  condition:
    first and uint32(0) == 0x0000004C and uint32(4) == 0x00021401 and $shell
}

rule html_application {
  meta:
    id = "FC-0005"
    version = 1
    description = "An HTML application: a page that Windows runs as a program"
    reference = "MITRE ATT&CK T1218.005, Mshta"
  strings:
    $hta = /<hta:application[\s>]/ nocase
    $run = /(CreateObject|ActiveXObject|GetObject)\s*\(/ nocase
  condition:
    first and $hta and $run
}

rule disk_image_posing_as_a_document {
  meta:
    id = "FC-0006"
    version = 1
    description = "An ISO 9660 image that was announced, or is named, as something else"
    reference = "ECMA-119 8.1; MITRE ATT&CK T1553.005, Mark-of-the-Web Bypass"
  strings:
    $volume = { 01 43 44 30 30 31 01 }
  condition:
    first and $volume at 0x8000 and
    (claimed matches /^(image\/(jpeg|png|gif)|text\/|application\/(pdf|msword|rtf|vnd\.(ms-|openxmlformats)))/ or
     name matches /\.(pdf|docx?|xlsx?|pptx?|txt|jpe?g|png)$/)
}

rule office_macro_that_runs_a_program_by_itself {
  meta:
    id = "FC-0007"
    version = 1
    description = "An Office document before 2007, or a macro project, that starts by itself and can run programs"
    reference = "MS-OVBA; MITRE ATT&CK T1059.005, Visual Basic"
  strings:
    $project = "_VBA_PROJECT" wide ascii
    $attribute = "Attribut" ascii
    $auto = /(Auto_?(Open|Exec|Close|New)|Document_?(Open|Close|New)|Workbook_?(Open|Activate|BeforeClose))/ nocase
    $shell = /(WScript\.Shell|Shell\.Application|powershell|cmd\.exe|mshta|URLDownloadToFile|MSXML2\.(Server)?XMLHTTP|ShellExecute)/ nocase
  condition:
    ($project or $attribute) and $auto and $shell
}

rule rich_text_with_an_equation_or_package {
  meta:
    id = "FC-0008"
    version = 1
    description = "Rich text that carries an Equation Editor object"
    reference = "CVE-2017-11882"
  strings:
    $object = /\\obj(data|emb|ocx)/ nocase
    $equation = /4\s*5\s*7\s*1\s*7\s*5\s*6\s*1\s*7\s*4\s*6\s*9\s*6\s*f\s*6\s*e\s*2\s*e\s*3\s*3/ nocase
    $name = "Equation.3" nocase
  condition:
    first and detected == "application/rtf" and $object and ($equation or $name)
}

rule pdf_that_launches_a_program {
  meta:
    id = "FC-0009"
    version = 1
    description = "A PDF with a launch action that names a program; not seen inside compressed object streams"
    reference = "ISO 32000-1, 12.6.4.5; MITRE ATT&CK T1204.002"
  strings:
    $launch = /\/S\s{0,8}\/Launch/
    $program = /\/(F|P|Win)\s{0,8}(\(|<<)[^)>]{0,200}(cmd|powershell|mshta|wscript|rundll32|\.exe|\.bat|\.vbs|\.js|\.ps1|\/bin\/sh)/ nocase
  condition:
    $launch and $program
}

rule pdf_that_runs_script_when_opened {
  meta:
    id = "FC-0010"
    version = 1
    description = "A PDF that runs JavaScript when it is opened which exports or launches an attachment"
    reference = "ISO 32000-1, 12.6.4.16; MITRE ATT&CK T1059.007"
  strings:
    $open = /\/(OpenAction|AA)\b/
    $script = /\/JavaScript\b/
    $export = /exportDataObject\s*\([^)]{0,200}nLaunch/
  condition:
    $open and $script and $export
}

rule script_that_fetches_and_runs {
  meta:
    id = "FC-0011"
    version = 1
    description = "A script, announced or named as a document, that fetches something and runs it"
    reference = "MITRE ATT&CK T1105, Ingress Tool Transfer"
  strings:
    $fetch = /(DownloadString|DownloadFile|Invoke-WebRequest|URLDownloadToFile|XMLHTTP|bitsadmin|certutil\s+-urlcache|curl\s+-|wget\s+http)/ nocase
    $run = /(Invoke-Expression|\bIEX\b|WScript\.Shell|ShellExecute|Start-Process|\|\s*(ba)?sh\b|FromBase64String)/ nocase
  condition:
    first and $fetch and $run and detected == "text/plain" and
    (claimed matches /^(image|audio|video)\// or
     claimed matches /^application\/(pdf|msword|rtf|vnd\.(ms-|openxmlformats))/ or
     name matches /\.(js|jse|vbs|vbe|wsf|hta|ps1|bat|cmd)$/)
}
