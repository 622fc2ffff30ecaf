"""Archives of other programs, as text (py7zr, pyzipper, pycdlib, pikepdf, Info-ZIP, gcab, genisoimage, mtools).

The archives hold the same two files, except `seven_zeros`; those under a password open with PASSWORD.
The RAR files are test files of the package rarfile by Marko Kreen (ISC License), with contents of their own.
"""

import base64
import zlib

PASSWORD = "Geheim!42"
PROGRAM = b"MZ" + bytes(200)
NOTE = b"see http://seven.test/x\n" * 3

_PACKED = {
    "cab_mszip": (
        "eNrzDXZ2YwCCGQwQoAOlmRkZGZig7FwgZgTCUwwwUBN7skuBwVEhJz8vXSEtPycltSgmMy8vtUgvtSKVwQOo4hSSurz8klS9kooS"
        "ht7o+53KDEKMzt6fe5Mk1BZYmIYqLl6y5IBX/H6LrTqm/utVtu5w2d/UHVLIAAAOhiYt"
    ),
    "cab_stored": (
        "eNrzDXZ2YwCCdkYGMNCBUAzMjIwMTFB2LhCDpE8xwEBN7MkuBQZHhZz8vHSFtPyclNSimMy8vNQivdSKVAYPuFqIurz8klS9kooS"
        "hmxZHiEhRiFG3yiGYQKKU1MVMkpKCqz09YtTy1Lz9EpSi0v0K7hIFQcADhQvcg=="
    ),
    "udf": (
        "eNrt3el3XHd5wPF7x4uUOE2s2HGCMclkY3GCLDv7BtFiJw62BF6CSQDjRGNHII+MJYKBNg2Flr1tCi3QsnQB6kJLTl/1Td+UVzTn"
        "lHcc/gKWui2ILbRAS+8dPTYii+VEjuLo+Xx0pN+VdEczc0fnfO/vSjO3KAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACA"
        "YmBzf9/G0nYAgEyGd+7o26T/AJDKLvN/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAmEtZNIpzqvHcY9Nlc9bXuweHdoxsf9qL"
        "LS87l2wUZednVOtfP9A30Dc0ONBXG9pyw8LejZ5iZOeu/ubgxMFDh1uTk63R5u722P0To61T/gnzvfwztfJY14p1PWtW1cvrD7Ta"
        "Y5MTYwf3HWj5lQRgASytGv6darzk0eny0mh5sX730JbmtrubW9v7J2at2yhPTyvn2Ld4ri1f0GvTdgDOQMuq/t9UjY8emi4vqxsf"
        "+wCNq4Z37ujbdAYft6jeqw8XaiwAPIvJcKMYqcbRnq+Wl1fjksUwv++u9wk6d6I+kFHfkfGxfe2p+puNcsnMWiuffFCgfCHsS1S3"
        "+/b6ti4v/fIC8Kx1Vf3/x2o8eF53cUVR/z0AAFjsuqv+NztL0+WVNgcAAAAAAAAAAAAAAAAAAAAAAAAAAACcFmXRKL5Uj++dLvtm"
        "fX2Oc/gsLzuXbMych69e//qBvoG+ocGBvtrmjYMLezd65nvOonlf/plaeaxrxbqeNavqZecvBGCBLa0a/ng1XvLodLmxOH4OvPq0"
        "edvubm5t75+YtW6jPD2tfN7PD7iQtB2AM9Cyqv9bq/HRQ9PlprrxsQ/QuGp4546+TWfwcYvqvfpwocYCwLOYDDeKvdU42vPV8ppq"
        "XLIY5vfd9T5B507UBzLqOzI+tq89VX+zUS6ZWWvlkw8KlC+EfYnqdt9e39blpV9eAJ61rqr//1KNB8/rLq4t6r8HAACLXXfV/5n/"
        "+5sur7M5AAAAAAAAAAAAAAAAAAAAAAAAAAAA4LQ4q2gU51Tjt/c/2DmvzOzz0s8+w8xZc5xupv52byyfyjn5Gsffy/rN4wAAC6l+"
        "/f9bO0vTZb/NAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAJxEo3r7RjWW35oui7JaeLgomsXM2GfzAMDiVDaKI9XwvnK67Hy+8ljXinU9a1ZVi0uqt/qL5ez1R3bu6m8O"
        "Thw8dLg1Odkabe5uj90/Mdo61avrHhzaMbL9ebu3y5/j27983rewu94nm2V95wbvHtrSudHjY/vaU539tnKJ310A5pGbRvHLztJ0"
        "WdocAJDCsmr+/6/V+M/3Hj0x71w6M+dfOvNZX+NX4Yurfz03/ejxwwfHf9Cs4wZPt/yU+xfrD7TaY5MTYwf3HZhrEt4d12vmCwDz"
        "U1b9/3o13nHfRZ2ulsXZTz4GHevV/w9w479dEes1zq3XW3piP6JT6P7m+ET7QHP/xPho63B9mduqr+79p2Zcpjirvszxg+RdM5dp"
        "T0y1eqeOTHkwAGAB5//D1fj4F46eaPnJ5v/H5/B7Fmj+v6z8zfl/fb3LPGwAMO/5/2Mx/182x/x/QzV+c2Mz1qtWrNbrOt7mmbn8"
        "WLvdOtzbOtKyZQHgzJ//dz1y9MRx+Zj/L3vi/P/9K389h79zgeb/XU+Y/9fXu9rDBgDz7v8nq/FrFx89MZc/lf4/tkD9735C/+vr"
        "vcDDBgDzUhY95UyZu4vzO0v9e7eNDN+xd4ttAwAAAItn/l+999RDfXS9PL8ozf8BAABg8c3/V8Xf/9cWq2eW+otmMV5MFO3iQLW0"
        "v1oaL0aLVnHY1gIAAIAX6vy/el9VD2vrpdX1EwDM/wEAAGBxuazz/P/OcwDqJwBUHx6aebmeRufYQFnOvUa5vvPKAZ1nDzzlGt0n"
        "nlJwdXHBzJoXxOsH3vnQiRcKqtc8e3hk1+beXXt23bLRQwMAz2H/T97uU+n/1cWamTXWxKsCPvabVV+xdXh4847ezXs2yzoAnBn9"
        "XzXT7lVP3/851ihv7TxzoPPfA0+5xtqT/EvBpjmOCKysLjNRTFXr9lYfjxTOEgwAp6P/J2/3qfT/2jnm/+cXY1XF253e91YfjxRO"
        "DwgAz6fJVqv5wNTUoZs3bJhsPdhq9061Jqc2HDn7mX7dlgSAF47t99gGAJBNo3r7djWW35ouL6yP4j9cFM1iZuyzeQBg0fb/O9H/"
        "i/QfANL0/7vR/xfpPwCk6f/3ov9r9R8A0vT/36P/L9Z/AEjT/2PR/3X6DwBp+v8f0f+X6D8ApOn/f0b/L9Z/AEjT//+K/l+i/wCQ"
        "pv/fj/439R8A0vT/B9H/S/UfANL0fzr6f5n+A0Ca/v8w+n+5/gNAmv7/KPp/hf4DQJr+/zj6f6X+A0Ca/v8k+v9S/QeANP3/afT/"
        "ZfoPAGn6/3j0/+X6DwBp+v+z6P8r9B8A0vT/v6P/6/UfANL0/3+i/1fpPwCk6f/Po/9X6z8ApOn/L6L/r9R/AEjT/19G/3v1HwDS"
        "9P9/o/8b9B8A0vT//6L/ffoPAGn6/6vo/0b9B4A0/S+i/5v0HwDS9L+M/l+j/wCQpv+N6P+1+g8Aafq/JPp/nf4DQJr+L43+X6//"
        "AJCm/8ui/zfoPwCk6f/y6P+N+g8AafrfFf2/Sf8BIE3/u6P/N+s/AKTp/1nR/1v0HwDS9P/s6P+t+g8Aafq/Ivp/m/4DQJr+nxP9"
        "f5X+A0Ca/v9W9P/V+g8Aafp/bvT/dv0HgDT9Py/636//AJCm/yuj/wP6DwBp+t8T/R/UfwBI0//zo/9D+g8Aafq/Kvq/Wf8BIE3/"
        "V0f/t+g/AKTp/wXR/zv0HwDS9H9N9P9O/QeANP2/MPq/Vf8BIE3/L4r+36X/AJCm/y+K/r9G/wEgTf/XRv+36T8ApOn/i6P/2/Uf"
        "ANL0f130f1j/ASBN/18S/R/RfwBI0/+Lo/+v1X8ASNP/S6L/r9N/AEjT/2b0f4f+A0Ca/l8a/d+p/wCQpv+XRf936T8ApOn/5dH/"
        "3foPAGn6f0X0/279B4A0/b8y+v96/QeANP1/afR/j/4DQJr+vyz6/wb9B4A0/X959P8e/QeANP1/RfT/Xv0HgDT9Xx/9f6P+A0Ca"
        "/l8V/X+T/gNAmv5fHf1/s/4DQJr+vzL6v1f/ASBN/3uj/2/RfwBI0/8N0f99+g8AafrfF/2/T/8BIE3/N0b/79d/AEjT/03R/1H9"
        "B4A0/b8m+t/SfwBI0/9ro//79R8A0vT/uuj/Af0HgDT9vz76/4D+A0Ca/t8Q/R/TfwBI0/8bo/9v1X8ASNP/m6L/b9N/AEjT/5uj"
        "/+P6DwBp+n9L9P+g/gNAmv7fGv1v6z8ApOn/bdH/Cf0HgDT9f1X0/5D+A0Ca/r86+v92/QeANP2/Pfp/WP8BIE3/+6P/k/oPAGn6"
        "PxD9n9J/AEjT/8Ho/zv0HwDS9H8o+v+g/gNAmv5vjv6/U/8BIE3/t0T/j+g/AKTp/x3R/3fpPwCk6f+d0f936z8ApOn/1uj/e/Qf"
        "ANL0/67o/2/rPwCk6f9rov+/o/8AkKb/26L/D+k/AKTp//bo/+/qPwCk6f9w9P9h/QeANP0fif6/V/8BIE3/Xxv9/z39B4A0/X9d"
        "9P99+g8Aafq/I/r/fv0HgDT93xn9/339B4A0/d8V/f8D/QeANP3fHf3/gP4DQJr+3x39/6D+A0Ca/r8++v8h/QeANP3fE/3/sP4D"
        "QJr+vyH6/xH9B4A0/b8n+v9R/QeANP2/N/r/Mf0HgDT9f2P0/w/1HwDS9P9N0f8/0n8ASNP/N0f//1j/ASBN//dG/x/RfwBI0/+3"
        "RP//RP8BIE3/90X/P67/AJCm//dF/z+h/wCQpv/3R///VP8BIE3/R6P/f6b/AJCm/63o/yf1HwDS9H9/9P9T+g8Aafp/IPr/af0H"
        "gDT9fyD6/+f6DwBp+j8W/f8L/QeANP1/a/T/M/oPAGn6/7bo/2f1HwDS9H88+v85/QeANP0/GP3/vP4DQJr+t6P/f6n/AJCm/xPR"
        "/7/SfwBI0/9D0f+/1n8ASNP/t0f//0b/ASBN/w9H/7+g/wCQpv+T0f8v6j8ApOn/VPT/S/oPAGn6/47o/9/qPwCk6f+D0f+j+g8A"
        "afr/zuj/3+k/AKTp/5Ho/5f1HwDS9P9d0f+v6D8ApOn/u6P/f6//AJCm/++J/v+D/gNACv8PyxnedA=="
    ),
    "iso_udf": (
        "eNrt3el3XOV9wPF7x4tkTMBCxhDHgcFAAsbIIxlszJIgS2NboIVIMrEhiWPQ2CixJcdSiJO0hDRpm7Tpkm7pviapu8Hpq77pm/ZV"
        "yzntu578BUlbd1M3uqWl9878ZBwbWwYbYfR8PuOZ52rmjmbRnPOd51qjm2UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "QN7XX6t159ngwPDefdXz6+sfHRm6wOXz3++FvPldX1jwdot/5TFrb8/Wt85avyo/fenq8nRj1tH6bh1Zezm2Z8+t3tCxrjOrzF+/"
        "yltqd314YGxkYKh3d71aLFR3bNtW27Jn11h118BgfWz/2Hh9qNo3Wu8dHxmt3tF3Z7V7x46t1XrX/pG9w7v7ewfr82duv7unVttW"
        "faTrsXrv6NjI8JZHusb69gwMFq/K3c11yovLdbaXL8RHB8ar4/XeoUV/uD21nm3d3T33dW/v6eneUatl55xRO8u5a3jRpk50uGJU"
        "ov/ZYDaQDWd7s31Z9TUPfVl/NpqNZEPnufys/t++pX7R/d/cOmvzO17t/7Wt/ne2vlvn+fp/nvvisFiH3Vm9eNUMZGPFK2OgeG30"
        "Ns+pxjnVbEe2rTjUsgPZnmxXcV61OB0oXmv1Ynl/cRwvloaar67RYqm3+HqkWKpmdxTn3FmM3cV32JFtLZbqWVdxjZHiFTpc3EZ/"
        "se5g85YWPly+lfQf/WcJeWW+/wBAOnbWe/UfABIzPDZa69F/AEjKuPk/AAAAAAAAAAAAAAAAAAAAAAAAAAAAXG55VsmuLsZrTs3l"
        "1TPOb+/rHx0ZOu/VVubNa1bK/fA2j+3bdtZ21vr7djZ3e9q/a/viPoyObGRsvLfaN3302PHGzExjorp3avLp6YnGRX+HS73+67Xm"
        "VFtrZ8aFTYcbU5Mz05NHDx5ueEkCsAiWFw3/TjHe/OJcfku0PNu0t39XdfDx6sDUoekz1q3kl6eVC7y3eLOtXNRb03YArkAriv7v"
        "KMYXj83lG8vGx3uAyl3NHQNewdstimNxcoPGAsAbmAxXspFinOh4Ib+1GJcthfl9e/meoPkgyg0Z5QM5Mnlwara8sJIva6215tyN"
        "Avnb4b1Ecb8fLu/rSvtsBOCNayv6/4fFePTa9uy2rPz/AABgqWsv+l9tLs3lt3s6AAAAAAAAAAAAAAAAAAAAAAAAAAAA4LLIs0r2"
        "zXL8/FxeO+P8BfbhszJvXrPS2g9fuf62nbWdtf6+nbVSvbtvcR9Gx6Xus+iSr/96rTnVtnpDx7rOctn+CwFYZMuLhr9cjDe/OJd3"
        "Z/P7wCt3mzf4eHVg6tD0GetW8svTyrd8/4CLSdsBuAKtKPo/UIwvHpvLe8rGx3uAyl3DY6O1nit4u0VxLE5u0FgAeAOT4Up2oBgn"
        "Ol7ItxbjsqUwv28v3xM0H0S5IaN8IEcmD07NlhdW8mWttdacu1Egfzu8lyju98PlfV2Ze/EC8Ia1Ff3/k2I8em17dk9W/n8AALDU"
        "tRf9b/3e31x+r6cDAAAAAAAAAAAAAAAAAAAAAAAAAAAALotVWSW7uhi/fejZ5n5lztwv/Zl7mFm1wO5myou7Yvli9slXmT/m5cHP"
        "AQAWU/n3/x9sLs3lvZ4OAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAA4AIqxeEvizH/1lye5cXC81lWzVpjzdMDAEtTXslOFMMX8rm8+fWaU22rN3Ss6ywWlxWH8sz8zPVH"
        "xsZ7q33TR48db8zMNCaqe6cmn56eaFzszbX39Y+ODL1lj3blm3z/V17yPWwv35OdYVPzDu/t39W800cmD07NNt+35cu8dgG4hNxU"
        "su82l+by3NMBAElYUcz//7wY//jJk6fnnctbc/7lra9qlVfCN9a+Ojf9yvzmg/lvdMZ2g/Mtv+b7i02HG1OTM9OTRw8eXmgS3h63"
        "a+YLAJcmL/r/Z8W4+6kbm13Ns6vO3QYd65W/D3DfX9wW61WuKddbfvp9RLPQvdUj01OHq4emj0w0jpfXeag498AfVeM62aryOvMb"
        "ydta15manm10zZ6Y9cMAgEWc/w8X48tfP3m65Rea/8/P4fct0vx/Rf698//ydlf4sQHAJc//X4r5/4oF5v9bivGvuquxXrFisV7b"
        "fJtbc/nJqanG8a7GiYZnFgCu/Pl/21dPnt4uH/P/FWfP/7+45tU5/J5Fmv+3nTX/L293rR8bAFxy/79WjH9608nTc/mL6f9Li9T/"
        "9rP6X97u9X5sAHBJ8qwjb5W5PbuuudR7YHBkePeBXZ4bAAAAWDrz/+LYUQ7l1vX8uiw3/wcAAIClN//vjP//X5+tbS31ZtXsSDad"
        "TWWHi6VDxdKRbCJrZMc9WwAAAPB2nf8Xx85yWF8urS0/AGD+DwAAAEvLxubn/5ufASg/AFCcPNf6cz2V5raBPF94jXxT8y8HND89"
        "8JprtJ/+SMHm7PrWmtfH3w/c89zpPxRUrnnV8Mh4vWt83/gD3X40APAm9v/C7b6Y/m/O1rXWWBd/FfCl76366oHh4fpoV31fXdYB"
        "4Mrof2er3Z3n7/8Ca+QPNj850PztgddcY/0FfqWgZ4EtAmuK60xns8W6XcXpicxeggHgcvT/wu2+mP7fs8D8/7pssqj4VLP3XcXp"
        "iczuAQHgrTTTaFSfmZ09dv+WLTONZxtTXbONmdktJ656ved7JgHg7WPoCc8BAKSmUhy+XYz5t+byG8qt+M9nWTVrjTVPDwAs2f5/"
        "J/p/o/4DQDL9/+vo/zv1HwCS6f/fRP/X6z8AJNP/v43+v0v/ASCZ/p+K/m/QfwBIpv9/F/1/t/4DQDL9//vo/036DwDJ9P8fov83"
        "6z8AJNP/f4z+V/UfAJLp/z9F/2/RfwBIpv9z0f+N+g8AyfT/n6P/t+o/ACTT/3+J/t+m/wCQTP//Nfp/u/4DQDL9/7fo/3v0HwCS"
        "6f+/R//fq/8AkEz/X47+36H/AJBM//8j+n+n/gNAMv3/z+j/Jv0HgGT6/1/R/7v0HwCS6f9/R/836z8AJNP//4n+363/AJBM/78b"
        "/e/SfwBIpv//G/3fov8AkEz//y/6X9N/AEim/69E/7v1HwCS6X8W/e/RfwBIpv959H+r/gNAMv2vRP/v0X8ASKb/y6L/9+o/ACTT"
        "/+XR/236DwDJ9H9F9H+7/gNAMv1fGf2/T/8BIJn+t0X/d+g/ACTT//bo//36DwDJ9H9V9P8B/QeAZPp/VfT/Qf0HgGT6vzr6/5D+"
        "A0Ay/b86+v8+/QeAZPr/juj/+/UfAJLp/zXR/4f1HwCS6f+10f9e/QeAZPq/Jvq/U/8BIJn+d0T/+/QfAJLp/3XR/379B4Bk+t8Z"
        "/a/rPwAk0/+10f9d+g8AyfT/+uj/bv0HgGT6vy76v0f/ASCZ/t8Q/R/QfwBIpv83Rv8f0X8ASKb/74z+P6r/AJBM/9dH/wf1HwCS"
        "6f+7ov9D+g8AyfR/Q/R/WP8BIJn+vzv6P6L/AJBM/2+K/j+m/wCQTP9vjv5/QP8BIJn+V6P/o/oPAMn0/5bo/5j+A0Ay/d8Y/R/X"
        "fwBIpv+3Rv/36j8AJNP/26L/j+s/ACTT/9uj/x/UfwBIpv/vif7v038ASKb/743+79d/AEim/3dE/5/QfwBIpv93Rv+f1H8ASKb/"
        "m6L/H9J/AEim/3dF/z+s/wCQTP83R/8/ov8AkEz/747+H9B/AEim/13R/4/qPwAk0/8t0f+D+g8AyfS/Fv1/Sv8BIJn+d0f/n9Z/"
        "AEim/z3R/wn9B4Bk+r81+t/QfwBIpv/3RP8P6T8AJNP/e6P/h/UfAJLp/7bo/zP6DwDJ9H979H9S/wEgmf7fF/3/mP4DQDL93xH9"
        "/7j+A0Ay/b8/+n9E/wEgmf4/EP0/qv8AkEz/H4z+T+k/ACTT/4ei/9P6DwDJ9P990f9j+g8AyfT//dH/T+g/ACTT/4ej/8f1HwCS"
        "6X9v9H9G/wEgmf7vjP7P6j8AJNP/vuj/J/UfAJLpf3/0/1n9B4Bk+l+P/n9K/wEgmf7viv6f0H8ASKb/u6P/n9Z/AEim/3ui/5/R"
        "fwBIpv8D0f/P6j8AJNP/R6L/36f/AJBM/x+N/n+//gNAMv0fjP4/p/8AkEz/h6L/n9N/AEim/8PR/+f1HwCS6f9I9P/z+g8AyfT/"
        "sej/D+g/ACTT/w9E/7+g/wCQTP9Ho/9f1H8ASKb/Y9H/H9R/AEim/+PR/x/SfwBIpv97o/8/rP8AkEz/H4/+f0n/ASCZ/n8w+v9l"
        "/QeAZPq/L/r/I/oPAMn0f3/0/0f1HwCS6f8T0f+v6D8AJNP/J6P/P6b/AJBM/z8U/f9x/QeAZPr/4ej/T+g/ACTT/49E/39S/wEg"
        "mf4fiP5/Vf8BIJn+fzT6/1P6DwDJ9P9g9P+n9R8Akun/U9H/n9F/AEim/09H/39W/wEgmf5PRP9/Tv8BIJn+N6L/X9N/AEim/4ei"
        "/z+v/wCQTP8PR/9/Qf8BIJn+PxP9/0X9B4Bk+j8Z/f8l/QeAZPr/sej/L+s/ACTT/49H/39F/wEgmf4fif7/qv4DQDL9Pxr9/zX9"
        "B4Bk+j8V/f91/QeAZPo/Hf3/Df0HgGT6fyz6/5v6DwDJ9P8T0f/f0n8ASKb/x6P/X9d/AEim/zPR/2/oPwAk0//Z6P839R8Akun/"
        "J6P/v63/AJBM/5+N/p/UfwBIpv+fiv7/jv4DQDL9PxH9/139B4Bk+v/p6P/v6T8AJNP/z0T/f1//ASCZ/n82+v8H+g8ASfh/oDEe"
        "bQ=="
    ),
    "fat": (
        "eNrt2z9rFEEYB+BJDAgn+VOJNjrY2eyRlGJzxUUFsxE5JSgRLtxecuS8PW6XYOAQays/h1gKFoLYKuQbWGqVxjI26pKgEFFQBBHu"
        "eXbhndkf07wDO9XsX35yf7tbJN12GaZnpsJ09UwdTIWFqn7zKFw89+nFu3Q1po2VZqwsN1qLS1WdO//q7vjZhdflqdvP516eDHsL"
        "9/Y/Lr3fO713dv9za6tXxOod5GVsx408L9sb/Sx2esV2EuONftYustgbFNnoWN7t58PhbmwPOrO14Sgrimq4G7ez3VjmsRxVyWa7"
        "N4hJksTZWuBv3Hp68OXQvF5MJvs/2RqNEEM/5GEQ5sOHzWrSrSb90KmyLIxC4/pqemX54WL1s18I4c3j8fp4/agenQ/pauvwRGit"
        "teKZY/lMuKq9AAAAAAAAAAAAAAAAAAAA8FuS+N1P7/cnya/yo/XX0rR5swqba80f7v+fCG+1FwD+Syt39AAAJk2RZXGrLIeX6vUi"
        "28kGSZkVZf1B7U+/6yQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAD/0lc9RZJC"
    ),
    "outlook": (  # extract-msg
        "eNrtWctO20AUvQmkIQFaXmWBurDoAolFnAQkJJRmBeyqSmXXTeSWKUYCx8JTBLv+Sj+BP+i6G/gE+JBizozHwUEh2GmoSnrP6M5k"
        "jh/Hd+bOnZFyeTF79eN86ZruoUljdBOW6EWCyxnTmCEqmP5NGIYxHTKeFX7D8pi3Mdi4mUtlRfO7hLYMm4RNwaZhL2GvohCgWdgc"
        "bB62AHsNWzTPMv59fKQ2iiSLtslDe0xnlAWLVMjF71IxNDmd1/zP6PJOr2dUTvke3UYtFB+qbdQCraQDtAHYE90P0G/jy2pUoWqP"
        "d1Upn0v6k/a7LbrTD+gbfUYtad/otNBWO6XW2w2N1QH0Vc7cTKFfozVdV6neVz9v1m5afXV/PaHvQFmi/kLuA+PeoreJ8YhKhAa8"
        "Uf4UTI5Ig+R+Mah+7U5fj7+KqdJf1K8n/I/nvjigfq/5X6MNM/eqbPWZ/1wn/iaGqP+U8a/yxHJq/x+Pf6VbzhD/apysN2n019P4"
        "T1n9Hzd75zD9n8rgv1qrv1LpbzyJ/yVzZhgWBsn/xPqdXHDfVC4tmnUSc4zRxJ/G3i52S4HTlKv3UB/nGhtFgjtFXdG/VGax0bdw"
        "/RB9B4yI909XHh02G47lHouv71ZcKf1N2/adfVGRIpD26Urzgy+8hu00G7a+t1u/W3dPf43fpdsfnj79Cv2E+uKseP+J/mscYAQ9"
        "fWKq6DkXxHhOCISwzKILxInwzKorM88888wzzzzzzDPPPPPMM88888wzzzzzzDPPPPPMM88886PH8z+ko41bZBRytw=="
    ),
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
    "rar3_aes": (
        "eNoLSixSlGJnOD+hmIGBlwECLs2sYmhQZhADMrmBmHlPwJtSkLisMTNY3tk3hIeh+83pb2EHPTT7GZ7uf/b/w4XsrLKq3GslKlOM"
        "GQSg5oBV5wQk2coaczIsaWRgSMvMSTXUK6ko2cynzyggn7qX4cDDD/fUDedW5OT6ZuWKN8gsd5xZJYBst4d9vgCS3Q1wu80mhOlU"
        "8Kvln/3/5kr39EN7RfYQttsIv901C1DtXjbhFhOa3QICp990Pil29Nhw/qa6+KN/rxv7w7W+HLGtZnBgZwAAYI5hLg=="
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
