"""Archives written by other programs (py7zr, pyzipper, pycdlib, pikepdf, Info-ZIP), packed into text.

The archives hold the same two files, except `seven_zeros`; those under a password open with PASSWORD.
The RAR files are test files of the package rarfile by Marko Kreen (ISC License), with contents of their own.
"""

import base64
import zlib

PASSWORD = "Geheim!42"
PROGRAM = b"MZ" + bytes(200)
NOTE = b"see http://seven.test/x\n" * 3

_PACKED = {
    "rar3": (
        "eNoLSixSlGJnOD+hmIGBlwECHh0uUZhgzsAGZIIw8/ElLCfNVnwJkDUQYljSyMBQXJoUk5JZZBSTlpmTaqRXUlHCsKFmqwGY"
        "x/UrEKjZnoEDqBGEmWtVthd6gDVLwTWXZ5ZkKBQXJCanxuTk56UrpOWBDfnA4e4D5XMpHyxRmBTOwAo0AoSZD3a+0X8ANsYI"
        "bszhPSe2Hll5eNvDHd2HV4AdAzaG6RjTH1NNRoVv3HIvYhhAwgwQNxYtFAXxuERiUP3H8l3zkQGm/wzBRhpCnMbU0grmcV0s"
        "LXkwQZcBBphBBChwRAw4GN46IgKHYUO9mvHvp0DFxqiKPcCK+eCKEYHB8OG0tN/ey0AteqhaVMBaOOFaUnMLSioZPhTclP7g"
        "XvJgkjOq6gdg1XJw1SjBhBI6DBtMysTPZ2N6yADTQ4YMH45GtK8JAirWQFV8FayYGaaYYQPfVZUjttUMDuwMALB/vGw="
    ),
    "rar5": (
        "eNoLSixSlGJnZPj8sOk1NyMrOwMbI2NDQwNDtNbHTQZMzNxtDCxtDEuamY4vYTnZwMAoVFyapJ+SWWSkn5aZk2qkV1JRwsUs"
        "zHFHNL71CZswWIxLxaRSwQKotYOBpQOktVZleyFQqxRIa3lmSYZCcUFicqp+Tn5eukJaHtQITaARaftPy0JFufj6bYpBhrQy"
        "sLSCDDnY+UYfZsjhPSe2Hll5eNvDHd2HV4AdAjXE5a5o/FyBYg6QENf69YI7kH3A8l3zEZIPDMEaDaE6/94WjZeZqG4CFuO6"
        "mvpyngpQKwMrw9tmRgYgAGrkgHkd6uETnL+Fr9UErNRCV8iH6lGo56JvN8lNsXgjp4qunBOkPDW3oKQSqPIp0B3f3j/gOiG9"
        "/LwuukpBDM9D/TxTR4uzUdbBE6ebDaFe5F17z2TWgQWC8ugKmYEKgWqMgIbtsUzmky0PC2RmZWEAAHkMp3A="
    ),
    "rar3_locked": (
        "eNoLSixSlGJn2MtYzMRgzAABP1hLGRjUGLgYREzeBQgw+IAFGblyF6zQns8+9R/76sWNa1c2CDCV8DQ4MSgA5dhBCnbVSlbl"
        "MSfbihhzggXdPH1cDfVCIkIUA4HGSTLwMPAb3ItMy8xJNUzOz81NzSsJflZbV3yOTXs3y9tWGQGtb/tX++i2PDftuZ5uqt9z"
        "bM9z1UeoNjw+HF9RiGaDEciGtSlwG2zjQDYYQW24PGGfrPP7K/sro6bW6K477CkkzPJ7+rXtP5+XC61iizuwAgAXyU2m"
    ),
    "rar5_locked": (
        "eNoBYwmc9lJhciEaBwEA8+GC6wsBBQcABgEBgICAANZmnm4TAwKfAASfAAAiQ36pgAABA0NNVFJBUjUgYXJjaGl2ZSAtIG5v"
        "aGRyLXBhc3N3b3JkCgCYm9mOWQIDPMAABIAQpIMC6u4ouoADAQpzdGVzdDEudHh0MAEAAw9+mCzdGuIcNsejkdqNCIpooDqt"
        "JvSCe4fVTHJc5ztpZ4FRz/Y2ScFuGGoiDwoDAoDMIJfmKMwBb1zkiruJZFttmvQVFTIPykxIHy5o/H5FG4dfjz7JkSEcD5HA"
        "Xg5drLIpAKJT7E2hYmVzvyvVQUhUgZsSUjffdYM6/NBpAgNMgBAEgBCkgwLq7ii6gAABCnN0ZXN0Mi50eHQwAQADD36YLN0a"
        "4hw2x6OR2o0Iimjfg/oM2G6IuLb4UUZ9eUnSgVHP9jZJwW4YaiIPGgMOgMwgl+YozAGAFuMSCrTRAYBwRRUKtNEBSdEYOHG8"
        "4mVDV6UlaHaajc3BhdMwKTqIv2eciA7aqWATnM2O+a83WvbQY+TnewkvGJ78oXJDG48Rm35IQH9RkR0MBdMvYbGRVG0vBB1h"
        "/uaOxQsTcAivdq0ynTWbqhqHQt8xLPXtKdsq34DECly8Eu2ZBvmDMW88JX2Der13NWeMhXXMQw55nsiBxuyTaMZWsBLYIkHw"
        "xYTGwMrMSGss+t1PqXog4WarEoxvA/wkWCLgAsWXTw/f4eLXh3Lwh33cBpvHptnNcPpByAf4sME5W4o2+8jsX/ckQZEKBYeW"
        "iLtzQjm8EnEWkzdhrreuvEcggg7X5wYL8XpDFd+3oVWnpJub/x8giMV0tmN70W0g0isYEwNRxWcMTkR/DkiRdMGp5PSEYXHV"
        "6/T5hFJ+5buCyA9a18seRGwWhcke54E/QJIEMe3MLdshSSoMfMtWff971zTSg0JgXWcQ+hviQ/qMnBG4rQBaeq2TMQ+cwMmk"
        "Egk5g2DqB+i38fleY7MSDTp3TIbyQgXmJiceT5Rl2k4ZIRCGCrld84tqixtY0+XGeyn4wO4j04lqO6PxcdadEJrl0XpSbb2I"
        "VF2pyPRfuztzbuO2Uqq2DakbjQCAw4iOdJBkeDtnElO3mvz2fKoh0YEed0C94LPo4C+/BC5SU7kEI0T9z+63pGqjcCBNtWGn"
        "EO/VfcU57S1KtLPgQJwlVfLehqZoalgqrwHUm/xXbtKLfKR0GdcJmyuZIce0b2ksqvwreVE7rafkC1XJG39GUNQZtcJqOa2r"
        "+9ny9HMqccJkotX6UMIGfe3yrwmeW+7prhOmuwYe4tSgaemz3cvJ+J1nw6Fj8iZTWzYmiQR61V+mJ4gQ4G91jLMDisS0UQLt"
        "coUWmlpT1lDdRC9zK55mrWPQR7JMw/5T+ujIToGZy2whjin/HtTxqrK2/kGyRGy6atDJhTwksU/hg5zO1yxJiYLimQX6L13D"
        "GLYyT8INEe2KtQgErFX/3N9/X2pe9sfJNgYI8vzOc8IjI6uwsYwxVXj8R0Ie2tqW69S6Xg0UdY4Qk4syz4Xm41DDpwylK9sz"
        "gxyzCa1JMQ2t0DdXfVCIAyqDK95FUwfkloA4TlRwDNFjF9V0saIw4CK9r0QK+MHSkme8u1JwhwUkfR0XpH+SpbIWDJii8K2A"
        "gkelCWKXMof4bHpdIw0IHnc1Fj2w3ADwvgQpJ23ezmQ1D/eavS4EISd0CJyTUza76V8mpFoip1/2C1irpMXvszS2mCCUOsQQ"
        "ARSNC6rC2uEuyglgXIE+JoLe6zlBHk75DsZPKBCTfFYgON+pGUdGLEUdwkU3GAh8ZDtp2TTr6J/aP495H9uw8AI1w1kSKxFt"
        "t1C+h5N+WdZF/8z1c8IRBN0Y+MYsa6NsXsSwNoBhqKR9oYDit8jnpl0bHlUaXabnKmpxOqIyozuK804ZJ0IE/b15CMElD9A+"
        "OyxvO1EeS5nHhWI4h/9upUAZozpCSCfjaJqaEkNj4EV6ITMKm8GtudsxCCFTMJo/I5HIUfgYvgoI6rAKQF4HmyBstHwDkbvQ"
        "3CzVmlRFhRcmJn5mh7fb/OzvEsqaUugSmWboWNZyeNTth5x0lRV4POdkp24s+yUMjlpSuJjyvptlI7EgqhIUAhpjE4BjXx8A"
        "bqPGuj0x9WNDw4AWvUP/TF73zKyjUY/5onO9f+WjmqmaB8yjII6R8CU5YjvjJl/yAy0wNgvYsRQYmX5ztDfIsv2MQEjVdVdM"
        "Jbxwy4IeHXYz9erzYTeHpdVxpCyJHVk4pxNpidbZ/EYNi5Nsinedlj4hc6qn/UHanqhUqHsx0o4YTQMl2SLLkT8ZhinQchtq"
        "hjyMmT9xPiSsINH/p4ufSxkPpE1DZ07xtLgKANeum2EEM0zjOAYn3dAzb2W9QjopRypA+LlwMtlGw+BZ/iQunL0l2PyHLoZe"
        "DGiIDw8xSU7NbVYW0ltwkO1uDVkbM0lup1cF2eQurri24UNbYFfVEx1IdjvI2iEXYfvkgIRYeg9gi4dlpfctQm0ooKntXV34"
        "N27FXeWt34VWK97M75+b1QwbsyYcX1sypzYNxCPxUrcYOQi0D0Qv32ZRPMn2wcz9i5hg9RFF8m01Fs8xttFo8tO77xc489d6"
        "NG7EtQc3yXtvQn0HjKBdPfe1SaSIa09jMWHljNLQWDwThEd3cJ+LQTuwpMH704CPjrKox05fwOwHO1WprYclXrlcq+/iUpb9"
        "5vUh419UmkRXR8bfJNEf6C0A5zuvbOEKLdE6pGjXUGBoX79Oq390Ygglo7+dAReOvnQ8qCVVMtqpWq226v/J4wfPNo1wx4Rd"
        "Npo+ShzLyHBU5Q0q+OuK97Tpjxl39PGmcIKoR3/CkFb8y4PgUHq0zjsTygAeqfYZrU7dDTmmCkE0ae5jZMQAmVY9ItOli6zf"
        "EU3U/SnYfkqBP+0lYXo14d/l3ubrtfQQxi2qn3E0WqOjj+RVw2ETh6BkiFkwzqWJ+QMclsRPhSapQ1o75lDbqr4FUr1nF93U"
        "XAuB2+Af2hKRIuuQKhbfCGsglQ78bYJnZ1TDTrdJ9zfzx7vn5Xd7+EJYcFLcB0zJympHL3cE2N83aOOeuAosyJm6U4MEO4RH"
        "H8sXu6hxmKfxW4+QuZuQAKn8Pke25rJK2cAb4Icz1WcVjqN9D7vbk/Zd/Yoj4Yh0MUR+oTUZFkNXZiNWBAeIdWE89t/jGvG3"
        "di7GdMcEyxqRtVnXCiQXKwZSYeObyrC/ukIdd1ZRAwUEADTNa2s="
    ),
    "rar3_solid": (
        "eNoLSixSlGJnsL5QzMHAywAB2iYlDRN0GGJAbA4GBuZFz7Yf3ZB2xk7WmIthSSMDQ3FJanGJoV5JRQnDAUGeM/965m34Z9i4"
        "es3G3Q7lK7hSrnmbNx9k38P4oHXSu9/bZBk4FBg4Ol5W8FziYU+0cqzw3pw3P4jr1il1h13PuVO6kgp/72CYOC9A/0bo/1/H"
        "Il6/PnK9oy5kWru875ubYiUTgO7gw+sOI4g7NiowdLC//sSV+evPlHsXjthWMziwMwAAUFVVxQ=="
    ),
    "rar5_solid": (
        "eNoLSixSlGJnZOB8fyKfm5GVnYWNkbGhoYHh3teCIhkmpl0MLA0C25qZFj3bfrRBmpGruCS1uMRQr6Si5OAacxcX5V/K36b/"
        "TQoO3OczsdGRqecgc2XMfvfFq3QXmE2+uyCCwYGJ4UoAS9m3I/VGr+YbLT1y5nrzfQaBF7qdQKN7kYw+ADPaCGS0qyhXAiMD"
        "B/P97b+//ZEtDwtkZmVhAADKgkCJ"
    ),
    "pdf_locked": (  # pikepdf, AES-256
        "eNqFVE2IHEUURkEiDZqAB0FUysAeN13/P2RY2d2ZIWLCLDvJHAyLVFe92ozMdq89vctGEA8xEQ9G8ZCD6EXQgx4E15ugl+Sg"
        "ghg8efKao3jQKEas7p0/2IMzw/Sr9/u9r16/pY12d5mcUcnSt39+/G9CEEZF9krSaqG0c1BBPh4W+RjVx9X2WqcR1uwYBlDW"
        "FpTG0AXP87API6TRykr9SzfsNowRjTk3UXrx6i6gdN1WdlRsR3MCua9L0YWS68VeXiGC0heHfowuI9aEbk2Dj/LNQ9lC6Gqe"
        "F1Uds1WnySOgeOJHpS+AH9q14iBacfxKQpEytPbcsGV0nELchHGxVzo4argbsxwJBInGYdLWHMwCFr6A5Tzk29UVRGKdtDsc"
        "VVDG58hW0AZX+CZqXJVgd5KtB+Xj/N4Xh4/9dde+/sx3Z58+ff3Bl8mrP/6dXrt1yE523rj7WXF7f/Dwz29da/3w05P9594/"
        "7L3zUf/z5299+vv3A7z+z0r+27O/fHLz0Udu3Nu6s7Z8+8yHJ07fvPPVuRsXv5GnWi9X7/76VPHQS/f/ePPtJ9774OuzNdpJ"
        "6QlusYC7vtmm6/QcjPahGjqL0v5eVjUN122TafeN27x7uXiJ3Ya1fuUn0upedaWzX/OctgvX24W8droQDZ3+gM3oYnRK8JSz"
        "fmVzb0s/c6FCorSHWiZYrX0Aq7lhmgPW3HmpITOZMy54EoAEpagwGodgKQmaCMsCV5qZ+CcMczHIZpkHqb2WmniDKdOWO46D"
        "jhh6cdixybwjGcbGc2+EldKbII2vzypGSRXAO3A+EIO5ZyYzUQwqZJiClrh+BdAywVRHAcqdOFdOxYoWS3DcQwCtOfXMs6A4"
        "AFeKxJBNJOvWd7pTDuOjnB8uoVbwPmSMcmI5EYZIHkABiWCU9VoRoTjnVGeZlYE4YbVyFjvhghScE+KCptRypogxmkVSjIOa"
        "QU2xCsGLYCOIS7F9bVQGXjGvsYnMKE8tptg4o5RjMgjvPRfAODHaMW+dkIFakYWgaPBMZDHNIL458yk5KCEkGKkEzz5ICsEE"
        "CmimI3EiG0s+0xGGj+u0OaZj9LhOEHZcpxd0VWmHozht9aRuFkW9fppl0B++Bigutxfa6HLLeCvjrbtMBM4zQZRw2DJQDKTM"
        "MNcr/+8Rt00nd+XV3QrJyTaJW8CWVcMKIYwlS0udXjf5DwAbm8k="
    ),
    "pdf_open": (  # the same, for the owner only
        "eNqFVEuIHEUYPggRBg9e9CJCie4xdr0fYVjZ3ZnxkSyz7Ji9xEjq8ddk4mz30tO7bHIRfIDg6sGAEA9RFDyLiAEvnjY3Dx6M"
        "6DW3PehJBSGJ1b0zswN7sLuhq/7n9/3117+00emdJS+q1tKP/3z5sEUQRoW71mq3UdbdryCfjIp8gurtSme12yxW7QS2oKw1"
        "KEuuC5YXYA/GSKPl5frLNuwQJoimmJsoe/36DqBszVZ2XAyTugV5qFPRhZRrxW5eIYKy86MwQZcQa1wvz5yP4524sgXXlTwv"
        "qtrnch0mT4DSjh+nXocwsqvFftLi9EpCkTK0ttywZTKcQdyESbFbejgm3EtRjhcEicZgSusEzAIWvoDlAuTD6ioiKU/WG40r"
        "KNN/bCvogC9C4zWpSrDbrc5Tv3/S+/u7nx79evDzmTtf/Ma+Orpy+Mz3B3eeXn/p03/XhsObZz7/6+6b7/z51vnbtzY2v9mX"
        "P7j1Xx5MrnywLJ/rv3f06I9r917+cO3wo3vvL50zT94d3XjtARzCrdv3j1qrL3yWPbb9+MHNt599/tuH7Osn3v34jRrtNPUU"
        "t1jAXZ9swzp7BcZ7UI28Rdlg11UN4Zo2mbFvzE7Yy8VD7DVVG1RhulrZra529+o6Z53C93cgr43Wk6I72GLzcjE6K/CsZoPK"
        "5sGWYW5ChURZH7WZ1tQK4rEiFrwUmGEPARtCuPBMKWm9VVRRHTRjgTEBVCkQoLnUgjJNpTbSCCODUMYKYMSbqMH6YAKngBOG"
        "fmp2bANXlhtKjBY8EMkd4d5YRpQOBpvInAjCeuE9F0FzoZ1yxkWsKLPOh/oKoLMEU50WUG6nvgogbBSWS+qUAU4jcUxzbbhk"
        "OACI5LKJZE19uzerYfqVJ5uLqO24lkKmKFqqSLi2jjIZaxJKRgfa4hCFl5wqwMYHSBmiSIlTxbz1OlE0lEVQ1PhoITqLlWVU"
        "OAAXiLOQQFxM9BmjxnlLouIQg7MJaapl4u+lAes0SfiNZAGU10YzsCJGl/wTM57wxBRmK92cky7ZLyG2MFItPH+QFIIJFNFc"
        "RlJHNpp8LiMMn5Zpc0qW8J6SCcJOy/SCrCrtaJy6re7UzaKox08zDAajG4DScHu1gy61TbASm+CdiJw7QZTw2DJQDKR0mOvl"
        "/7dI06ab+/L6ToXkdJqkKWDLqqkKIYy1lpa6/V7rP1sWnbE="
    ),
    "seven_plain": (
        "eNozr9qzXl2GgaX4zxTxpQwQIAqlSwV+pDxgFGRQimVQm1YjfXmZvbihVgFP4WbLaf1VFuGnluy70zHHS9VwutrSBgaGBwxt"
        "DMWxDAyNxuzr+C8sY9sz31JgTs6rMKm+h+ecpL+/nxqjt/X2DdFXTyat0Lb6kd/T58AysdzkvtykwnMmB6JcauZfWfGkx/Ps"
        "itxb3TF/Hkz5X7L4xue8SVO3OsloPKiV6FMKz6nXYZLNP3+Jf+ILMff/RerinTMCDiWAHCrOpsXIWc3Azs3IwKioyCjB09DO"
        "wAAA1TJTIQ=="
    ),
    "seven_lzma": (
        "eNozr9qzXl2GgSVmWl7XYgYIEIXSEftcxRnUptVIX15mL26oVcBTuNlyWn+VRfipJfvudMzxUjWcrnm1+Pz/f40iDA8YmhiK"
        "YxkYGo3Z1/FfaD9kM9/e3THi2j+mLNUVLxpa+85m+Tet31utHZlrLvG22o+1+oLR7xdxjxSeVU/y0vnCJS1vxfH+pXPOmmbX"
        "b05uMY+S+ZuYp/9LXMF7eKKgp9Lboz6eso3nH8h9WOF3pPFUu71ETmDZcaMFP8DOFGfTYOSsZmDnZmRgVFRklOBpaGZgAAAb"
        "zlC9"
    ),
    "seven_bcj": (
        "eNozr9qzXl2GgaX4zxTxpQwQIAqlSwV+pDxgFGRQimVQm1YjfXmZvbihVgFP4WbLaf1VFuGnluy70zHHS9VwutrSBgaGBwxt"
        "DMWxDAyNxuzr+C8sY9sz31JgTs6rUL2k92xLdmm/P5D0Q8Ho4actd2RaA2znL98+69JnZk1Lebk5b1SOdy0/+MTo4SKT6Ipo"
        "97mCJ77xfN416R1X27ufyzaLKb74xPpEt84wbxnH6cM3hTOFmItl6y9viRO+elC2e7ILyKHibFqMnNUM7NyMDIyKiowSPA3t"
        "DAwAc3tSOQ=="
    ),
    "seven_delta": (
        "eNozr9qzXl2GgaWltU5sOQMEiEJpee+WVQ8YBRk0YhnUmgOleHt3XO+a59I+qXPHlj2/vS52JiyKcOl9WREk0Z22y/tk4NGG"
        "BgaGBwxNDPmxDAyNxuzr+C8yXLFZ0JW5YedDz2v/JNetqJmccSfr4lyeMwdZpGJOzM5q3WqnxMAh0vaw+/UHZt3ec4KXVrOf"
        "Wvw2TOvKKr7js3YHiHK1lK5bVs53mcfsRtTyw3Paapbvajjg5nzvSobth+s/L4fdSyg9uFgA6FRxNgNGznIGdm5GBkZFRUYJ"
        "noZmBgYAgdlXNg=="
    ),
    "seven_bzip2": (
        "eNozr9qzXl2GgYVL/knbcQYIEIHSR2R9/ZyiMiwNHSPVgiN3fE5YwsDAc7/FQcCBsUGAgYlBgMnR14GFQYEhYOGyGQzG/0Od"
        "/T1fSS7Z98r7ytJpwl9vBskYbJ6SuzKSy9nbKvzRO4/lXELicjkiDQ8YqhiyYxkYGo3Z1/Ff+srz1+HAhHNPT5d9C57nW8oT"
        "1KgRt0Z5Z3bQLu0dfkf3GvHsLLrn5l8YZB90kFn33PODWsatK7TFHl+uunZmrfi9v6xX7L9+j/i3dukJaaHbCVtY46t/1hjP"
        "4Dj6LMqPvXqRH+/zayCviLOFMHIWM7BzMzIwKioySvBUMzAAAJxSW8A="
    ),
    "seven_deflate": (
        "eNozr9qzXl2GgaUs9E7MFAYIEIHS2S/uJ3/uTZJQW2BhGqq4eMmSA17x+y226pj6r1fZusNlf1N3SCHDA4YqhuxYBoZGY/Z1"
        "/BdkL9XMt3e3fn5Rrml90d/3e+YsjctS47r7b9/Cq9+WOJ28nCrubJK65fv6CJ4JE3etCOLK5e46OzVOVOVuVfbMfHHVJbfW"
        "5XC07Pwacov9YN+z150P1Fwt5Rqqu9XuyDyyXDM/4NwGkLvE2RQZOYsZ2LkZGRgVFRkleKoZGAC9JE3z"
    ),
    "seven_copy": (
        "eNozr9qzXl2GgYX5kLNUAyMDGIhCKIYzZ6YV+UYxDBNQnJqqkFFSUmClr1+cWpaap1eSWlyiX8FFqvgDhjKGtFgGhkZj9nX8"
        "Vy3M3+48lnZrgdxxJalN239uta8KfGzt5xhSa/9TVshhRvjWK0LRL+XeL1e+wndEZH4xuzR70en3Z/7nTrx+7KVHj7FGg/mX"
        "48msB/OYptz9uuHVVmWvniORBoWeV46ZOi6tBrpanK1RiJEzj4Gdm5GBUVGRUYKnnIEBAMgWVZg="
    ),
    "seven_ppmd": (
        "eNozr9qzXl2GgaU5Nu/UbAYIEIXS/g0f3jL48ivfebhNY66/oPKx5DcBFpduue1/ohHfvHnlFv8HIFUPGJoYCmMZGBqN2dfx"
        "X9D5sme+vbtj6jHfta9XaXFN7Gtl/escYvGWtfjAqz6eq26dH9OnRz3Z1+N1Zokoq8/dB/5bQq6ZxW7/k8bMtZwz59nalF8f"
        "t3AF/tSp7GAtZTFb+Kns4EfDAOYZ+jt3cGmmOKR7XTLpYOG7kgCyWJxNiZGzkoGdm5GBUVGRUYKnoZmBAQCoO04r"
    ),
    "seven_aes": (
        "eNozr9qzXl2GgcXW5e/v4wwQIAaln6zKr9bf12m/1idU9cefhFavy3fdtp8ROb7iVfpK351Gz++oJogrLZn3+ORhJ4/1z09o"
        "TDk81eYBwzyG/lgGhkZj9nX8FxmVRAp+hs3NdOavWxlyO8HMmVOjM1eqZ6LXtHdJa5cb7TxyJXB5nedTh2Umu2/7CE1OLp1q"
        "WBniYLgqyX6x6Z87TY+vsL5O2X5L/Lq98nQJ/7TrZ0oNtjM2vbb1P7kw/jXXo64lroXuj4S4jazupCRFLtKS68yRbFuhtG3n"
        "sXoH9v9BK67evWvDKBwC8oo4mwEjZ8N0BnZuRgZGRUVGCZ6G+QwMAOVyZzk="
    ),
    "seven_aes_names": (
        "eNoBGgHl/jd6vK8nHAAERXTmA9AAAAAAAAAAKgAAAAAAAABoeBNSjzuUqBO3zfKdNB39+fJ6CM8nnay+MieowsHWyibi6yDr"
        "h36cOVS+KGVPyUyumRX1fuDnzVYW+PBfPw5FR4ORn36ASsay1lZZBtX3UtK4VTffz/5nD9TNBVpGoSNqZGi82t+FG9VNN3Wu"
        "ZUyt9QWM3F6qJpG6u70TrqL/cRZCWM44z3kKKvKANjQYBk96rxEduCKUFCBUoFS2N3dSSo1YVPhj/regVNBDr9iSRncCZneo"
        "DRh59feeYN9xovuekR4rJm6J5TJjtZPdEiYaGo5sLRcGMAEJgKAABwsBAAEkBvEHARJTD/JmcbKJBgrP4ErYaVy+xzwMgJ8A"
        "AHBqeh0="
    ),
    "seven_zeros": (
        "eNozr9qzXl2GgaWt5oXYCXYGMBCFUAzzQ6dO/P9fkDEnloEh/+///4u3/3e38xAtskwM3DFJ49niNvaf757INV3WP2plw+i9"
        "se5kV5ev/mLem/XLHvcoCwY/iJQ4Wtr1qPzHtin1PFkH7pV4pjx6GRO8ieXGdxee1fG8uW4vnx4u69g+LXzNNt+HmbL5v707"
        "BHKcTnfYxzD0X/Bbr6YxpVDetl/lYcG85crxbzROt16cOqOrTmviJ/XS75IH2Gb4zvh7Y/3VCfxHVIN/fJ1oZsi6dMO7/IMF"
        "vu48FycKrlqbILvr3EZ1iZjItpdpQRH7XpatiXzyNJqV4+fxW2v//A7SLjkrF63g9PNusO0PzRRO64bTWjn3t1p/OLJXL34V"
        "v513mtMEYb7/ApN/FFZE/uA++3+qhhv/yj81937PMtALO9Df+rm58UAqla3e46H+LGL+fwFGbYY3xcHL/+5bV2MoNX97r2He"
        "yAkD0qwO5LffNBpgowE2GmCjATaUA6yBdQYDK8MizplhDAwPGAIYfIB1bqMx+zr+qzVp98RVLp5//D3lYtTJ/PsNs4LvHKzf"
        "dkZA6dF3W7mmks/Hzh3U/ZBlG5uvsiDh3a35+fuvOARcyhcW5/w6RZ3zh4Som3cDsC4XZ2svYeQMYWDnZmRgVFRklOAJZGAA"
        "AG537yo="
    ),
    "zip_aes128": (
        "eNoL8GZmEWFgZEhmSPctjWUAAmkgPgXE3ECYqJ+Zl5dapJdakco4k52BicHRlZGDQd0irusfW+saN4GwRz5BoVXvlyjxs047"
        "PvlF7vwADOMMgdgDiDmAxuXll6TqlVSUIJnVr7vhkM+5g3mTdH7IMOQ63JjWMctyv6/a3dCmsAXX55xrcNhcJmboESfoy/J3"
        "vuecCfOnBHgzMokw43YyDDQwgkjsHsBmBrI7EWb4A0ksrg7wZmUDKWACwlYgvRGsHACs00fq"
    ),
    "zip_aes256": (
        "eNoL8GZmEWFgZEhmSPctjWUAAmUgPgXE3ECYqJ+Zl5dapJdakco4k52BicHRlZmD4e+MnfbWfWuDGtk3PNF/1bL+PPMybY/i"
        "xm8Kje1vf+VyOd94si4Aw1hLIPYAYg6gsXn5Jal6JRUlSGb+33I/bonOh6/bdiawZklLPNac8Ku6dd7Jyzf/L3lWUCPwXGLH"
        "6ZYLzyVlf328n7Zl59ppmVVfExnWsWtvCPBmZBJhxu0FGGhgBJHYPYTNDGT3IswIB5JYXB/gzcoGUsAEhK1A+iBYOQC1dlhT"
    ),
    "iso_joliet": (
        "eNrt3c9L22AYB/AnO3V4GAw3hvgjEwbK1CWdDsZ2ka6HgRPZaexWtZuF0oF6mJf9gf5TW5K2yNRZoRu6+vnEJG+Sp9qGwpe3"
        "TV4jAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAICk8S7L8iTSMQ1/39PfVlf83eKnnKNWi+n+runps8OPy8VizPa3"
        "ZqNWrmrxY+rR/ecP4t7w8Sk3aueksd/t7KZLjeW0nuUbq/WsnqWNg8POUbrV6rZ6e+3j4/bEvNzi1b3K83qevV5/mW9kWVzY"
        "kZ1zscKb9q4TOtwa9wb5H+mY07n8f/aiee38X+nvWnlydnimn//z/a35P+X/2M/aNN60EyfRiP3oRid2i+2lYmu5WNcjizw2"
        "YrVqlXNaHDmIw6LuqGhvRat4TCt6sRftOC6m9j97jn+vSP4j/5kgP4f5DwAAAEyspPqOPanmuWq56aQAAADAxPX/o7y+Phm0"
        "5iLR/wcAAIDJ6//PDz4FmImFfmsz0ujGt+jF16L1pWh1Yz/acehsAQAAwP/a/49yfJ1kMOTOQnUDgP4/AAAATJTRY+yPrEgW"
        "q5EDorx74PIKtxQAwC3L/xHZfY38XxkO/5+e9teng4roV0y9395uflxrfmq+yZ1xALgN+T/qf+yMrEjeVncORHn1wKUVMy4p"
        "AIBblv9XZ/d18n99RP//YXSK5O9Veb9WLL8XMwBwcz58dg4A4K75BZxGWnc="
    ),
    "iso_plain": (
        "eNrt2z1Lw0AYAOCLU8XBwUqrU+ik+MGlfoA4Se0gqIiTuFUtWCgO6uLiD+yfUptURCtWcGipz0Mul1zeJNwReMmRhAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAJI3DGLMkpH/0fr3lT9UP931b+iWUSqFcNJUXPg4v9le1UCn2KqHUr0rheW5x"
        "dm0+zLyfnzJWZ0+Nm27nKl1prKb1mO1s1GM9po3b+85Detzqtu6u24+P7anp7lvvdrOsnsW97a1sJ8Yw1BC/GI7w0P53kg4T"
        "42WQ/wEAAIDpleRz7Eleqvn6wKAAAADA1L3/h/73dclgqxoS7/8AAAAwbUb/YzcyIqnlXw7kswffR5hSAIAJy/8jcvcv8v96"
        "WCoilnpF3RtEhCJi7uj0tHm+2bxo7mdGHADG7+TSGADAf/MKLS68Fw=="
    ),
    "zip_old": (
        "eNoL8GZmEWHgZOBgyPAtjVXT46sSZmBgOAXEnAwyDJl5ealFeqkVqaEhnAzMm9MZs0G4tIKbgZEFqIQBTKRV//z746v05/mq"
        "TPeeXVd4zX7hUIA3OweyWQEotuTfnmevCRT1AGIOoC15+SWpeiUVJfgsUTq5YGv8d5ck39u3J3v+PZa1TrpSa8O2NVx7lCXF"
        "6guEzOZaP5GdJXQoPxtkNbIFAd6MTHLMuLwowQADSxpBJJKHWSFuQXMHunGofoEYxwg2Lg1IInyGyzRWNhDNBIRzgfRDsH4A"
        "0thZvg=="
    ),
}


def archive(name: str) -> bytes:
    """One of them."""
    return zlib.decompress(base64.b64decode(_PACKED[name]))
