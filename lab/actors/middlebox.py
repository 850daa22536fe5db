"""A bump in the wire between two interfaces that plays a snooping access switch.

    middlebox.py DOWN UP CIRCUIT

What comes from DOWN goes to UP; a DHCP message gets Option 82 (circuit id CIRCUIT, remote id the source's
hardware address) without a relay address. What comes from UP goes to DOWN; Option 82 is taken out.
"""
import select
import socket
import struct
import sys

RELAY_INFORMATION = 82
COOKIE = b"\x63\x82\x53\x63"
down, up, circuit = sys.argv[1:4]


def port(name):
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    made.bind((name, 0))
    made.setsockopt(263, 23, 1)  # PACKET_IGNORE_OUTGOING: do not hear what we send
    return made


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parsed(frame):
    """The options of a DHCP message and where they begin, or None for any other frame."""
    if frame[12:14] != b"\x08\x00" or frame[23] != 17:
        return None
    udp = 14 + (frame[14] & 15) * 4
    body = udp + 8
    if struct.unpack("!H", frame[udp + 2 : udp + 4])[0] not in (67, 68) or frame[body + 236 : body + 240] != COOKIE:
        return None
    options = []
    at = body + 240
    while at + 1 < len(frame) and frame[at] != 255:
        if frame[at] == 0:
            at += 1
            continue
        options.append((frame[at], frame[at + 2 : at + 2 + frame[at + 1]]))
        at += 2 + frame[at + 1]
    return udp, body, options


def rebuilt(frame, udp, body, options):
    payload = frame[body : body + 240] + b"".join(bytes([code, len(value)]) + value for code, value in options) + b"\xff"
    payload += bytes(max(0, 300 - len(payload)))
    datagram = frame[udp : udp + 4] + struct.pack("!HH", 8 + len(payload), 0) + payload
    pseudo = frame[26:34] + b"\0\x11" + struct.pack("!H", len(datagram))
    datagram = datagram[:6] + struct.pack("!H", checksum(pseudo + datagram) or 0xFFFF) + datagram[8:]
    head = frame[14:udp]
    head = head[:2] + struct.pack("!H", len(head) + len(datagram)) + head[4:10] + b"\0\0" + head[12:]
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return frame[:14] + head + datagram


ports = {port(down): "down", port(up): "up"}
other = {one: next(two for two in ports if two is not one) for one in ports}
print("ready", flush=True)
while True:
    for heard in select.select(list(ports), [], [])[0]:
        frame = heard.recv(65535)
        found = parsed(frame)
        if found is not None:
            udp, body, options = found
            has = any(code == RELAY_INFORMATION for code, _ in options)
            if ports[heard] == "down" and not has:
                name = circuit.encode()
                value = bytes([1, len(name)]) + name + bytes([2, 8, 0, 6]) + frame[6:12]
                frame = rebuilt(frame, udp, body, options + [(RELAY_INFORMATION, value)])
            elif ports[heard] == "up" and has:
                frame = rebuilt(frame, udp, body, [one for one in options if one[0] != RELAY_INFORMATION])
        other[heard].send(frame)
